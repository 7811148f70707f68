package pdf

import (
	"bytes"
	"encoding/ascii85"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zlib"
	"github.com/pdfcpu/pdfcpu/pkg/filter"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// unfilter undoes one filter (§7.4).
func unfilter(data []byte, name types.Object, parms types.Dict, limit int) ([]byte, error) {
	switch name {
	case types.Name("FlateDecode"):
		out, err := inflate(data, limit)
		if err != nil {
			return nil, err
		}
		return unpredict(out, parms, limit)
	case types.Name("LZWDecode"):
		out, err := unlzw(data, parms, limit)
		if err != nil {
			return nil, err
		}
		return unpredict(out, parms, limit)
	case types.Name("ASCIIHexDecode"):
		return unhex(data)
	case types.Name("ASCII85Decode"):
		return un85(data, limit)
	case types.Name("RunLengthDecode"):
		return unrun(data, limit)
	}
	return nil, fmt.Errorf("the filter %v is not one for text or data", name)
}

// read reads all of r, up to the limit.
func read(r io.Reader, limit int) ([]byte, error) {
	var b bytes.Buffer
	n, err := b.ReadFrom(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if n > int64(limit) {
		return nil, tooLong(limit)
	}
	return b.Bytes(), nil
}

func tooLong(limit int) error {
	return fmt.Errorf("it holds more than the limit of %d bytes: shrink it or raise the limit", limit)
}

// inflate unpacks Flate. Of no bytes it makes none: writers leave out the frame
// of an empty stream.
func inflate(data []byte, limit int) ([]byte, error) {
	if len(data) == 0 {
		return nil, nil
	}
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return read(r, limit)
}

func unlzw(data []byte, parms types.Dict, limit int) ([]byte, error) {
	early := 1
	if n, ok := parms["EarlyChange"].(types.Integer); ok {
		early = int(n)
	}
	lzw, err := filter.NewFilter(filter.LZW, map[string]int{"EarlyChange": early}, int64(limit))
	if err != nil {
		return nil, err
	}
	r, err := lzw.Decode(bytes.NewReader(data))
	if errors.Is(err, filter.ErrDecodeLimitExceeded) {
		return nil, tooLong(limit)
	}
	if err != nil {
		return nil, err
	}
	return read(r, limit)
}

func unhex(data []byte) ([]byte, error) {
	end := bytes.IndexByte(data, '>')
	if end < 0 {
		return nil, errors.New("the hexadecimal text has no end")
	}
	digits := make([]byte, 0, end+1)
	for _, c := range data[:end] {
		if !isSpace(c) {
			digits = append(digits, c)
		}
	}
	if len(digits)%2 == 1 {
		digits = append(digits, '0')
	}
	n, err := hex.Decode(digits, digits)
	return digits[:n], err
}

func un85(data []byte, limit int) ([]byte, error) {
	end := bytes.IndexByte(data, '~')
	if end < 0 {
		return nil, errors.New("the base 85 text has no end")
	}
	return read(ascii85.NewDecoder(bytes.NewReader(data[:end])), limit)
}

func unrun(data []byte, limit int) ([]byte, error) {
	var out []byte
	for len(data) > 0 && data[0] != 128 {
		n := int(data[0])
		data = data[1:]
		switch {
		case n < 128 && n < len(data):
			out = append(out, data[:n+1]...)
			data = data[n+1:]
		case n > 128 && len(data) > 0:
			out = append(out, bytes.Repeat(data[:1], 257-n)...)
			data = data[1:]
		default:
			return nil, io.ErrUnexpectedEOF
		}
		if len(out) > limit {
			return nil, tooLong(limit)
		}
	}
	return out, nil
}
