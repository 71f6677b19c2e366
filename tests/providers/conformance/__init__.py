"""What every vendor must do alike: one suite over the sandbox, with each vendor's particulars as data."""
