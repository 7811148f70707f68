package pdf

import "github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

// A Matrix maps (x, y) to (a·x + c·y + e, b·x + d·y + f) for {a, b, c, d, e, f},
// as the operator cm does (§8.3.3).
type Matrix [6]float64

// Then returns the matrix that maps by m first and then by n.
func (m Matrix) Then(n Matrix) Matrix {
	return Matrix{
		n[0]*m[0] + n[2]*m[1], n[1]*m[0] + n[3]*m[1],
		n[0]*m[2] + n[2]*m[3], n[1]*m[2] + n[3]*m[3],
		n[0]*m[4] + n[2]*m[5] + n[4], n[1]*m[4] + n[3]*m[5] + n[5],
	}
}

// Inverse returns the matrix that undoes m, which must not flatten the plane.
func (m Matrix) Inverse() Matrix {
	det := m[0]*m[3] - m[1]*m[2]
	a, b, c, d := m[3]/det, -m[1]/det, -m[2]/det, m[0]/det
	return Matrix{a, b, c, d, -(m[4]*a + m[5]*c), -(m[4]*b + m[5]*d)}
}

// Array returns m as an object.
func (m Matrix) Array() types.Array {
	list := make(types.Array, len(m))
	for i, v := range m {
		list[i] = types.Float(v)
	}
	return list
}

// A View is a page as a viewer shows it: the crop box, turned by /Rotate, with
// the origin in the lower left corner.
type View struct {
	Width, Height float64 // points, 1/72 inch
	ToPage        Matrix  // from the view to the page's user space
}

// A page's sides are bounded in points, as viewers promise 3 to 14,400 (§C.2), and
// large drawings use UserUnit beyond it. So is how far from the origin it lies.
const (
	maxSide  = 1_000_000
	minSide  = 0.01
	farthest = 1e9
)

// View returns how a viewer shows the page.
func (f *File) View(p Page) (View, error) {
	box, err := f.Box(p)
	if err != nil {
		return View{}, err
	}
	turn, err := f.Rotate(p)
	if err != nil {
		return View{}, err
	}
	unit := 1.0
	if o := p.Dict["UserUnit"]; o != nil {
		if unit, err = f.float(o, int(p.Ref.ObjectNumber), "UserUnit"); err != nil {
			return View{}, err
		}
	}
	v := View{Width: box.Width() * unit, Height: box.Height() * unit}
	if max(v.Width, v.Height) > maxSide || min(v.Width, v.Height) < minSide || max(-box.X0, -box.Y0, box.X1, box.Y1) > farthest {
		return v, wrong(int(p.Ref.ObjectNumber), -1, "the page is not between %v and %d points a side, or lies too far from the origin: export the file with another page size", minSide, maxSide)
	}
	u := 1 / unit
	switch turn {
	case 90:
		v.Width, v.Height = v.Height, v.Width
		v.ToPage = Matrix{0, u, -u, 0, box.X1, box.Y0}
	case 180:
		v.ToPage = Matrix{-u, 0, 0, -u, box.X1, box.Y1}
	case 270:
		v.Width, v.Height = v.Height, v.Width
		v.ToPage = Matrix{0, -u, u, 0, box.X0, box.Y1}
	default:
		v.ToPage = Matrix{u, 0, 0, u, box.X0, box.Y0}
	}
	return v, nil
}
