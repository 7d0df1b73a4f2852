-- The aliases go with their column: there is nothing to take back before that.
SELECT 1;
