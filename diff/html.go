package diff

import (
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf/raster"
)

// What a report in HTML is made of. It is one file, and loads nothing.
var (
	//go:embed report/report.gohtml
	reportHTML string
	//go:embed report/report.css
	reportCSS string
	//go:embed report/report.js
	reportJS string

	reportTemplate = template.Must(template.New("report").Parse(reportHTML))
)

// Pictures in a report: pages beyond the most are named and not shown.
const (
	pictureDPI  = 100
	maxPictures = 60 // of each file
)

// A sheet is the picture of a page.
type sheet struct {
	Source string  `json:"src"`
	Width  float64 `json:"width"` // points
	Height float64 `json:"height"`
}

// HTML writes the report as one file for a browser, with pictures of the pages that findings
// are on. a and b are the two files. An error is Invalid when a page cannot be drawn, else
// that of w.
func (r *Report) HTML(ctx context.Context, w io.Writer, a, b []byte, draw *raster.Rasteriser) error {
	pictures := map[string]map[int]sheet{}
	for _, side := range []struct {
		name string
		src  []byte
		of   func(Place) int
	}{{"a", a, func(p Place) int { return cmp.Or(p.A.Page, min(p.B.Page, r.A.Pages)) }}, {"b", b, func(p Place) int { return cmp.Or(p.B.Page, min(p.A.Page, r.B.Pages)) }}} {
		var err error
		if pictures[side.name], err = r.pictures(ctx, side.src, draw, side.of); err != nil {
			return err
		}
	}
	places := make([][]Place, len(r.Findings))
	for i, f := range r.Findings {
		places[i] = f.Places
	}
	data, err := json.Marshal(map[string]any{"findings": places, "pictures": pictures})
	if err != nil {
		return fmt.Errorf("write the report: %w: %w", err, platen.Internal)
	}
	sum := sha256.Sum256([]byte(reportJS))
	return reportTemplate.Execute(w, map[string]any{
		"Report": r.forPeople(), "Different": r.Verdict == Different, "Classes": r.Counts(), "Expected": r.expected(),
		"A": orUnnamed(r.A.Name), "B": orUnnamed(r.B.Name), "Data": template.JS(data), "CSS": template.CSS(reportCSS), "Script": template.JS(reportJS),
		"Policy": fmt.Sprintf("default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-%s'", base64.StdEncoding.EncodeToString(sum[:])),
	})
}

func orUnnamed(name string) string {
	if name == "" {
		return "without a name"
	}
	return name
}

// A ClassCount is how many findings of a class there are.
type ClassCount struct {
	Name  Class
	Count int
}

// Counts counts the findings by class, in the order of Classes.
func (r *Report) Counts() (out []ClassCount) {
	for _, class := range Classes {
		n := 0
		for _, f := range r.Findings {
			if f.Class == class {
				n++
			}
		}
		if n > 0 {
			out = append(out, ClassCount{class, n})
		}
	}
	return out
}

// expected counts the findings that the policy expects.
func (r *Report) expected() (n int) {
	for _, f := range r.Findings {
		if f.Mask != "" {
			n++
		}
	}
	return n
}

// A shownFinding is a finding with the lines that people read.
type shownFinding struct {
	Finding
	Text, Position string
}

// forPeople is the report with findings for people.
func (r *Report) forPeople() any {
	type shown struct {
		Report
		Findings []shownFinding
	}
	out := shown{Report: *r}
	for _, f := range r.Findings {
		out.Findings = append(out.Findings, shownFinding{f, f.Said(), f.Position()})
	}
	return out
}

// Said is the text that was inserted, removed or moved, where the sentence does not have it.
func (f *Finding) Said() string {
	switch f.Kind {
	case "inserted", "moved":
		return unlessIn(f.New, f.What)
	case "removed":
		return unlessIn(f.Old, f.What)
	}
	return ""
}

func unlessIn(s, sentence string) string {
	if strings.Contains(sentence, s) {
		return ""
	}
	return s
}

// Position says where a finding is: "page 3, Materials, 12 places".
func (f *Finding) Position() string {
	var parts []string
	if len(f.Places) > 0 {
		if p := f.Places[0]; p.B.Page > 0 {
			parts = append(parts, fmt.Sprintf("page %d", p.B.Page))
		} else if p.A.Page > 0 {
			parts = append(parts, fmt.Sprintf("page %d of the first", p.A.Page))
		}
		if f.Where != "" {
			parts = append(parts, f.Where)
		}
	}
	if len(f.Places) > 1 {
		parts = append(parts, fmt.Sprintf("%d places", len(f.Places)))
	}
	return strings.Join(parts, ", ")
}

// pictures draws the pages that findings are on, and those opposite to them.
func (r *Report) pictures(ctx context.Context, src []byte, draw *raster.Rasteriser, of func(Place) int) (map[int]sheet, error) {
	out := map[int]sheet{}
	var pages []int
	seen := map[int]bool{0: true}
	for _, f := range r.Findings {
		for _, p := range f.Places {
			if n := of(p); !seen[n] && len(pages) < maxPictures {
				seen[n] = true
				pages = append(pages, n)
			}
		}
	}
	if len(pages) == 0 || draw == nil {
		return out, nil
	}
	d, err := draw.Open(ctx, src)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	for _, n := range pages {
		picture, err := d.Page(ctx, n, pictureDPI)
		if err != nil {
			return nil, err
		}
		file, err := raster.PNG(picture)
		if err != nil {
			return nil, err
		}
		const pt = 72.0 / pictureDPI
		out[n] = sheet{"data:image/png;base64," + base64.StdEncoding.EncodeToString(file), pt * float64(picture.Rect.Dx()), pt * float64(picture.Rect.Dy())}
	}
	return out, nil
}
