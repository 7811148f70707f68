package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// settings are the parameters of the graphics state that change the look of what is drawn and
// have no meaning here (§8.4.5): how it blends, soft masks, overprint, the ends and dashes of lines.
// They are not changed once they are made, so that shapes can share them.
type settings struct {
	all   map[string]string // digests by the name in an ExtGState
	mix   string            // what matters to all that is drawn
	lines string            // what matters to lines too
}

// ofLines are the parameters of lines alone.
var ofLines = []string{"D", "FL", "LC", "LJ", "ML", "SA"}

// lineOperators are the operators that set one, with its name in an ExtGState.
var lineOperators = map[string]string{"d": "D", "J": "LC", "j": "LJ", "M": "ML", "i": "FL", "ri": "RI"}

// with returns settings with other values; "" is the one that a page begins with.
func (s *settings) with(values map[string]string) *settings {
	same := true
	for key, v := range values {
		same = same && s.all[key] == v
	}
	if same {
		return s
	}
	out := &settings{all: map[string]string{}}
	maps.Copy(out.all, s.all)
	maps.Copy(out.all, values)
	maps.DeleteFunc(out.all, func(_, v string) bool { return v == "" })
	for _, key := range slices.Sorted(maps.Keys(out.all)) {
		if said := key + " " + out.all[key] + " "; slices.Contains(ofLines, key) {
			out.lines += said
		} else {
			out.mix += said
		}
	}
	return out
}

// set sets one parameter to an object.
func (in *interpreter) set(key string, o types.Object) {
	in.change(map[string]string{key: in.said(o)})
}

// change gives parameters other values.
func (in *interpreter) change(values map[string]string) {
	s := &in.state
	if now := s.settings.with(values); now != s.settings {
		s.settings, s.look, s.style = now, nil, nil
		in.room -= 4 * shapeWeight
	}
}

// said is the value of a parameter: a word or number as it is, else its digest.
func (in *interpreter) said(o types.Object) string {
	o, err := in.doc.file.Resolve(o)
	in.keep(err)
	switch v := o.(type) {
	case types.Name:
		return string(v)
	case types.Integer, types.Float, types.Boolean:
		return fmt.Sprint(v)
	}
	sum, err := in.doc.digests.of(o)
	in.keep(err)
	return sum
}

// lineOperator does the operators that set a parameter of lines.
func (in *interpreter) lineOperator(op string, operands []types.Object) {
	if op == "d" {
		in.set("D", types.Array(slices.Clone(operands)))
	} else if len(operands) == 1 {
		in.set(lineOperators[op], operands[0])
	}
}

// graphics takes over what an ExtGState sets.
func (in *interpreter) graphics(name string) {
	r := reader{file: in.doc.file}
	d := r.dict(in.resource("ExtGState", name))
	values := map[string]string{}
	for key, v := range d {
		switch key {
		case "Type", "group", "layer", "defaults": // the last are names of ours
		case "ca":
			in.state.alpha, in.state.style = r.number(v), nil
		case "CA":
			in.state.strokeAlpha, in.state.style = r.number(v), nil
		case "LW":
			in.state.width = r.number(v)
		case "Font":
			if list := r.array(v); len(list) == 2 {
				in.setFont(list[0], r.number(list[1]))
			}
		default:
			values[key] = in.said(v)
		}
	}
	if mode, ok := values["BM"]; ok {
		if in.state.blends = mode != "Normal" && mode != "Compatible"; !in.state.blends {
			values["BM"] = ""
		}
	}
	if values["SMask"] == "None" {
		values["SMask"] = ""
	}
	in.change(values)
	in.keep(r.err)
}

// defaults sets the colour spaces that stand for those of devices in a content stream (§8.6.5.6).
func (in *interpreter) defaults(r *reader) {
	spaces := r.dict(in.resources["ColorSpace"])
	list := types.Array{spaces["DefaultGray"], spaces["DefaultRGB"], spaces["DefaultCMYK"]}
	sum := ""
	if list[0] != nil || list[1] != nil || list[2] != nil {
		sum = in.said(list)
		fmt.Fprintf(in.canon, "defaults %s\n", sum)
	}
	in.change(map[string]string{"defaults": sum[:min(len(sum), 16)]})
	in.keep(r.err)
}

// spaces is the digest of the colour spaces that inline images can name; "" where there are none.
func (in *interpreter) spaces() string {
	if in.resources["ColorSpace"] == nil {
		return ""
	}
	return in.said(in.resources["ColorSpace"])
}

// group begins a transparency group (§11.6.6): how much it is seen and how it blends is said of
// all of it, and what is in it begins anew.
func (in *interpreter) group(o types.Object) {
	s := &in.state
	about := in.said(types.Array{types.StringLiteral(s.settings.mix), o})
	s.within *= s.alpha
	s.alpha, s.strokeAlpha, s.blends = 1, 1, false
	in.change(map[string]string{"group": about[:min(len(about), 16)], "BM": "", "SMask": ""})
	s.style = nil
}

// faded says of a colour how much of it is seen, and how it blends.
func (s *state) faded(colour string, alpha float64) string {
	if alpha *= s.within; alpha < 1 {
		colour += fmt.Sprintf(" at %.4g %%", 100*alpha)
	}
	if mix := s.settings.mix; mix != "" {
		colour += " (" + strings.TrimSpace(mix) + ")"
	}
	return colour
}
