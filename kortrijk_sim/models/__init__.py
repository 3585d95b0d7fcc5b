"""What happens: one module per process, the events, the schedule, and KortrijkModel."""
