"""Tables: CSV and other separated text (`csv_text`), Excel workbooks (`xlsx`), and what both share (`cells`)."""
