package sign

import (
	"maps"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

func sortedKeys(list ...types.Dict) []string {
	all := types.Dict{}
	for _, d := range list {
		maps.Copy(all, d)
	}
	return slices.Sorted(maps.Keys(all))
}

// trailer demands that both revisions have the same catalog and metadata objects.
func (c *comparison) trailer() error {
	was, now := c.was.Trailer(), c.now.Trailer()
	if !equal(was["Root"], now["Root"]) {
		c.found(ChangedCatalog, "")
	}
	if !equal(was["Info"], now["Info"]) {
		c.found(ChangedMetadata, "")
	}
	return nil
}

// catalog looks at what the catalog has that it had not. Form and evidence are
// looked at by themselves.
func (c *comparison) catalog() error {
	root := c.now.Trailer()["Root"]
	was, now, err := c.dicts(c.was.Trailer()["Root"], root)
	if err != nil {
		return err
	}
	for _, key := range keys(was, now) {
		switch key {
		case "AcroForm", "DSS":
		case "Extensions":
			if err := c.claim(now[key]); err != nil {
				return err
			}
		default:
			c.found(ChangedCatalog, "/"+key)
		}
	}
	c.explained(c.was.Trailer()["Root"], root)
	return nil
}

// form looks at the form: fields that were signed, filled in or added.
func (c *comparison) form() error {
	was, err := formFields(c.was)
	if err != nil {
		return err
	}
	now, err := formFields(c.now)
	if err != nil {
		return err
	}
	if err := c.formDict(); err != nil {
		return err
	}
	var added []field
	for _, f := range now {
		i := slices.IndexFunc(was, func(old field) bool { return old.name == f.name })
		switch {
		case i < 0:
			added = append(added, f)
		case equal(was[i].dict, f.dict):
		case f.kind == fieldSignature:
			err = c.signedField(was[i], f)
		default:
			err = c.filledField(was[i], f)
		}
		if err != nil {
			return err
		}
	}
	return c.addedFields(added)
}

// formDict demands that the form has all fields it had, first, and is the same but
// for those behind them.
func (c *comparison) formDict() error {
	wasCatalog, nowCatalog, err := c.dicts(c.was.Trailer()["Root"], c.now.Trailer()["Root"])
	if err != nil {
		return err
	}
	was, now, err := c.dicts(wasCatalog["AcroForm"], nowCatalog["AcroForm"])
	if err != nil {
		return err
	}
	for _, key := range keys(was, now) {
		if key != "Fields" && key != "SigFlags" {
			c.found(ChangedForm, "/"+key)
		}
	}
	before, err := c.was.Array(was["Fields"])
	if err != nil {
		return err
	}
	after, err := c.now.Array(now["Fields"])
	if err != nil {
		return err
	}
	if !begins(after, before) {
		c.found(ChangedForm, "/Fields")
	}
	c.explained(wasCatalog["AcroForm"], nowCatalog["AcroForm"])
	c.explained(was["Fields"], now["Fields"])
	return nil
}

// signedField looks at a signature field that was there: an empty one may hold a
// signature now, and show it in its own place.
func (c *comparison) signedField(was, now field) error {
	c.named(was, now)
	for _, key := range keys(was.dict, now.dict) {
		if key != "V" && key != "AP" || was.dict["V"] != nil {
			c.found(ChangedForm, "field "+now.name)
			return nil
		}
	}
	if err := c.appearance(now.dict); err != nil {
		return err
	}
	return c.addedValue(now)
}

// named explains a field, of which the caller says what happened to it.
func (c *comparison) named(was, now field) {
	if was.ref != nil && now.ref != nil {
		c.explained(*was.ref, *now.ref)
	}
}

// appearance claims what a widget shows. Its dictionary must be one of appearances:
// it could be a resource of that name too.
func (c *comparison) appearance(widget types.Dict) error {
	looks, err := dictOf(c.now, widget["AP"])
	if err != nil {
		return err
	}
	for key := range looks {
		if key != "N" && key != "R" && key != "D" {
			c.found(ChangedForm, "/AP")
		}
	}
	return c.claim(widget["AP"])
}

// addedValue notes the signature that a field holds now, and claims its objects.
func (c *comparison) addedValue(f field) error {
	if err := c.claim(f.dict["V"]); err != nil {
		return err
	}
	signature, err := c.now.Dict(f.dict["V"])
	switch {
	case err != nil:
		return err
	case signature == nil:
		c.found(AddedField, "field "+f.name)
	case signature["SubFilter"] == types.Name(formatToken):
		c.found(AddedTimeStamp, "field "+f.name)
	default:
		c.found(AddedSignature, "field "+f.name)
	}
	return nil
}

// filledField looks at another field that was there: its value may have changed,
// and how its own place shows it.
func (c *comparison) filledField(was, now field) error {
	c.named(was, now)
	for _, key := range keys(was.dict, now.dict) {
		if !slices.Contains([]string{"V", "AP", "AS", "I"}, key) {
			c.found(ChangedForm, "field "+now.name)
			return nil
		}
	}
	c.found(FilledForm, "field "+now.name)
	for _, widget := range now.widgets {
		a, b, err := c.dicts(widget, widget)
		if err != nil {
			return err
		}
		if len(slices.DeleteFunc(keys(a, b), func(key string) bool { return key == "AP" || key == "AS" })) > 0 {
			return nil
		}
		c.explained(widget, widget)
		if err := c.appearance(b); err != nil {
			return err
		}
	}
	if value, err := c.now.Resolve(now.dict["V"]); err != nil || isStream(value) {
		c.found(ChangedForm, "field "+now.name)
		return err
	}
	if err := c.claim(now.dict["V"]); err != nil {
		return err
	}
	return c.appearance(now.dict)
}

func isStream(o types.Object) bool {
	_, ok := o.(types.StreamDict)
	return ok
}

// harmless are the entries of a field that was added which neither show nor do anything.
var harmless = []string{"Type", "Subtype", "FT", "T", "TU", "F", "Rect", "P", "V", "StructParent", "AP", "MK", "Lock", "SV", "Ff"}

// addedFields looks at fields that were not there: signature fields that show
// nothing. Pages and structure tree may have them too.
func (c *comparison) addedFields(list []field) error {
	for _, f := range list {
		if f.kind != fieldSignature || f.ref == nil || !c.differ[*f.ref] || int(f.ref.ObjectNumber) < c.fresh || !showsNothing(f.dict) {
			c.found(ChangedForm, "field "+f.name)
			continue
		}
		c.explained(nil, *f.ref)
		c.widgets = append(c.widgets, *f.ref)
		for _, key := range []string{"AP", "MK", "Lock", "SV"} {
			if err := c.claim(f.dict[key]); err != nil {
				return err
			}
		}
		if err := c.addedValue(f); err != nil {
			return err
		}
	}
	return nil
}

// showsNothing reports whether a widget has no area, and nothing that acts.
func showsNothing(d types.Dict) bool {
	for key := range d {
		if !slices.Contains(harmless, key) {
			return false
		}
	}
	list, _ := d["Rect"].(types.Array)
	if len(list) != 4 {
		return false
	}
	for _, o := range list {
		switch o.(type) {
		case types.Integer, types.Float:
		default:
			return false
		}
	}
	return equal(list[0], list[2]) && equal(list[1], list[3])
}
