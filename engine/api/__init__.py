"""What everyone may know: what is asked, what comes back, what a job reports, how it fails."""
