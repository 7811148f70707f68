package pdf

import (
	"errors"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// unpredict undoes the predictor of a Flate or LZW stream (§7.4.4.4).
func unpredict(data []byte, parms types.Dict, limit int) ([]byte, error) {
	predictor := integer(parms, "Predictor", 1)
	if predictor == 1 || len(data) == 0 {
		return data, nil
	}
	colors, bits, columns := integer(parms, "Colors", 1), integer(parms, "BitsPerComponent", 8), integer(parms, "Columns", 1)
	if colors < 1 || colors > 32 || bits < 1 || bits > 16 || columns < 1 || columns > limit {
		return nil, errors.New("the parameters of its predictor are damaged")
	}
	pixel := (colors*bits + 7) / 8
	row := (colors*bits*columns + 7) / 8
	switch {
	case predictor >= 10 && predictor <= 15:
		return unpng(data, pixel, row)
	case predictor == 2 && bits == 8:
		return untiff(data, pixel, row)
	}
	return nil, errors.New("its predictor is unknown")
}

func integer(d types.Dict, key string, otherwise int) int {
	if n, ok := d[key].(types.Integer); ok {
		return int(n)
	}
	return otherwise
}

var errRow = errors.New("it ends within a row")

// untiff adds to each byte the one a pixel before it, in place.
func untiff(data []byte, pixel, row int) ([]byte, error) {
	if len(data)%row != 0 {
		return nil, errRow
	}
	for start := 0; start < len(data); start += row {
		line := data[start : start+row]
		for i := pixel; i < row; i++ {
			line[i] += line[i-pixel]
		}
	}
	return data, nil
}

// unpng undoes the PNG filters; each row starts with the number of its filter.
func unpng(data []byte, pixel, row int) ([]byte, error) {
	if len(data)%(row+1) != 0 {
		return nil, errRow
	}
	out := make([]byte, 0, len(data)/(row+1)*row)
	above := make([]byte, row)
	for ; len(data) > 0; data = data[row+1:] {
		line := data[1 : row+1]
		if err := unpngRow(line, above, data[0], pixel); err != nil {
			return nil, err
		}
		out = append(out, line...)
		above = line
	}
	return out, nil
}

func unpngRow(line, above []byte, method byte, pixel int) error {
	if method > 4 {
		return errors.New("a row has an unknown PNG filter")
	}
	for i := range line {
		var left, corner byte
		if i >= pixel {
			left, corner = line[i-pixel], above[i-pixel]
		}
		switch method {
		case 1:
			line[i] += left
		case 2:
			line[i] += above[i]
		case 3:
			line[i] += byte((int(left) + int(above[i])) / 2)
		case 4:
			line[i] += paeth(left, above[i], corner)
		}
	}
	return nil
}

// paeth returns whichever of the three is nearest to left + above - corner.
func paeth(left, above, corner byte) byte {
	toLeft := abs(int(above) - int(corner))
	toAbove := abs(int(left) - int(corner))
	toCorner := abs(int(left) + int(above) - 2*int(corner))
	switch {
	case toLeft <= toAbove && toLeft <= toCorner:
		return left
	case toAbove <= toCorner:
		return above
	}
	return corner
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
