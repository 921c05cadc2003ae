"""评审意见: one page for each pilot, from the same data as the review workbook; only a reviewer concludes."""
