package sign

import (
	"context"
	"errors"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// covered demands that the last signature covers the file, or that only evidence
// stands behind it. A context that has ended ends it early.
func (v *verifier) covered(ctx context.Context) {
	v.account()
	var certified *checked
	for i, s := range v.found {
		if ctx.Err() != nil {
			return
		}
		if s.Bytes == 0 {
			continue
		}
		if s.Kind == Certification && certified == nil {
			certified = s
			v.certification(s, i)
		}
		v.changes(s, certified)
	}
	if n := len(v.found); n > 0 {
		last := v.found[n-1]
		for _, c := range last.Changes {
			if c.What != AddedEvidence {
				v.report.wrong(Uncovered, "what was done after the last signature (field %s) is not signed: %s", last.Field, c.What)
			}
		}
		if !last.Whole && len(last.Changes) == 0 && v.accounted {
			v.report.wrong(Uncovered, "%d bytes stand behind the last signature (field %s), and nothing accounts for them", len(v.src)-last.Bytes, last.Field)
		}
	}
}

// account demands that all that stands behind the first signature is part of an update
// that readers cannot take for another one.
func (v *verifier) account() {
	for _, s := range v.found {
		if s.Bytes == 0 {
			continue
		}
		if err := v.file.CheckTail(s.Bytes); err != nil {
			v.report.wrong(Structure, "what stands behind the signature in field %s is no update as it should be written: %v", s.Field, err)
			return
		}
		break
	}
	v.accounted = true
}

// certification demands that a certification is the first signature and the one
// that the catalog names (ISO 32000-2 §12.8.6).
func (v *verifier) certification(s *checked, place int) {
	if place > 0 {
		s.wrong(Structure, "the certification is not the first signature")
	}
	catalog, err := v.file.Catalog()
	if err != nil {
		return // Open has read it
	}
	perms, err := v.file.Dict(catalog["Perms"])
	if err != nil || perms["DocMDP"] != types.Object(s.ref) {
		s.wrong(Structure, "the catalog does not name the certification (/Perms)")
	}
}

// changes finds what came after a signature, and holds it against what the
// certification permits.
func (v *verifier) changes(s, certified *checked) {
	revision, err := pdf.Open(v.src[:s.span.end], pdf.DefaultLimits)
	if err == nil {
		err = stands(revision, s)
	}
	if err != nil {
		s.wrong(Range, "what the signature covers is no document that holds it: %v", err)
		return
	}
	if s.Whole {
		return
	}
	if !v.isClosed(revision) || !v.accounted {
		return
	}
	if s.Changes, err = compare(revision, v.file); err != nil {
		s.wrong(Changed, "what came after the signature cannot be read: %v", err)
		return
	}
	permits := s.lock
	if certified != nil {
		permits = strictest(permits, certified.Permits)
	}
	locked, err := hasTransform(v.file, s.dict, "FieldMDP")
	if err != nil {
		s.wrong(Structure, "what the signature locks cannot be read: %v", err)
		return
	}
	for i := range s.Changes {
		c := &s.Changes[i]
		if c.Allowed = c.What.allowed(permits) && !(locked && c.What == FilledForm); !c.Allowed {
			s.wrong(Changed, "after signing: %s%s", c.What, in(c.Where))
		}
	}
}

// isClosed demands that a revision with a signature neither has nor refers to object
// numbers beyond its own: what came later under such a number would show where nothing
// was. What an earlier one had is not read again. It is false where the revision cannot
// be read.
func (v *verifier) isClosed(revision *pdf.File) bool {
	size, _ := revision.Trailer()["Size"].(types.Integer)
	highest, err := revision.HighestNumber(v.looked)
	v.looked = revision
	if err != nil {
		v.report.wrong(Structure, "the signed document cannot be read whole: %v", err)
		return false
	}
	if highest >= int(size) {
		v.report.wrong(Structure, "the signed document names object %d, which is beyond its /Size: what came later can fill it in unseen", highest)
	}
	return true
}

func in(where string) string {
	if where == "" {
		return ""
	}
	return " (" + where + ")"
}

var errNotThere = errors.New("the signature is not in its field there")

// stands demands that a revision has the signature in the field that it has now.
func stands(revision *pdf.File, s *checked) error {
	fields, err := formFields(revision)
	if err != nil {
		return err
	}
	for _, f := range fields {
		if f.name != s.Field {
			continue
		}
		d, err := revision.Dict(f.dict["V"])
		if err != nil {
			return err
		}
		if f.dict["V"] == types.Object(s.ref) && equal(d, s.dict) {
			return nil
		}
	}
	return errNotThere
}
