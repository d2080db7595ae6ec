package coaching

// LargestFile is how large an uploaded file may be, in bytes.
const LargestFile = 100 << 20

// MostFiles is how many files an item has at most, and how many can be uploaded at once.
const MostFiles = 20
