package platen

import (
	"fmt"
	"runtime"
)

// PanicText says for the log what code panicked with. The text of a panic may hold
// data, so only that of an error of the runtime is told, and of all else the type.
func PanicText(value any) string {
	if err, ok := value.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("a value of type %T", value)
}
