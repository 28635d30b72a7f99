"""Tables that leave the portal, on paper or as a workbook."""
