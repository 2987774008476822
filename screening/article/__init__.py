"""The patient article: one public page whose sections explain every question and every flag."""
