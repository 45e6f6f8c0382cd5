"""The one place that speaks to HiGHS: sessions, scopes, snapshots, answers, tie-breaking, numeric health."""
