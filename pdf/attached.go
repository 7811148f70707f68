package pdf

import (
	"fmt"

	"github.com/dicode/platen"
)

// Attached returns the content of the file that is embedded under a name, as the name tree of
// the catalog has it. If there is none it is NotFound.
func (f *File) Attached(name string) ([]byte, error) {
	catalog, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	list, err := f.embedded(catalog)
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		if e.Name != name {
			continue
		}
		spec, err := f.Dict(e.Value)
		if err != nil {
			return nil, err
		}
		files, err := f.Dict(spec["EF"])
		if err != nil {
			return nil, err
		}
		s, err := f.Stream(files["F"])
		if err != nil {
			return nil, err
		}
		return f.Decode(s)
	}
	return nil, fmt.Errorf("the document has no attachment %s: %w", name, platen.NotFound)
}
