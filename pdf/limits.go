package pdf

// Limits bound what reading one file may cost.
type Limits struct {
	Bytes   int // of the file; never more than 4 GiB
	Objects int // highest object number, and values within one object
	Depth   int // of nested arrays and dictionaries, page tree, outline, name trees
	Decoded int // bytes of one decoded stream, and of all object and cross-reference streams together
	Pages   int
}

// DefaultLimits allow tagged documents of about 3,000 pages.
var DefaultLimits = Limits{
	Bytes:   256 << 20,
	Objects: 2_000_000,
	Depth:   100,
	Decoded: 256 << 20,
	Pages:   20_000,
}
