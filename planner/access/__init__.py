"""Who somebody is: in a browser, and outside of one."""
