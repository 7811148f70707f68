package diff_test

import (
	"testing"

	"github.com/dicode/platen/diff"
)

// TestOtherScripts makes changes in Greek, Cyrillic, Japanese and Arabic. Chrome writes letters of
// fonts like that for Japanese as drawings.
func TestOtherScripts(t *testing.T) {
	for data, seeds := range map[string][]struct {
		name     string
		old, new string
		class    diff.Class
		say      string
		most     int
	}{
		"tablet-nonlatin": {
			{"accent is lost", "Λοσαρτάνη 50 mg", "Λοσαρτανη 50 mg", diff.Content, "U+03AC became U+03B1", 1},
			{"Latin letter in Cyrillic", "Лозартан калий", "Лозартaн калий", diff.Content, "U+0430 became U+0061", 4},
			{"Greek capital", `<b class="v">ΑΠ-`, `<b class="v">AΠ-`, diff.Content, "U+0391 became U+0041", 3},
			{"one kana for another", "クロスカルメロースナトリウム", "クロスカルメロースナトソウム", diff.Content, "ソ", 1},
			{"half-width kana", "クロスカルメロースナトリウム", "クロスカルメロースナトﾘウム", diff.Content, "U+30EA became U+FF98", 3},
			{"colour", "<h1>", `<h1 style="color:#c00">`, diff.Style, "#cc0000", 2},
		},
		"tablet-rtl": {
			{"Arabic letter", "أتورفاستاتين كالسيوم", "أتورفاستانين كالسيوم", diff.Content, "أتورفاستانين", 3},
			{"vowel mark is lost", "شهرًا", "شهرا", diff.Content, "شهرا", 3},
			{"alef without hamza", "أقراص مغلفة", "اقراص مغلفة", diff.Content, "U+0623 became U+0627", 3},
			{"Arabic digits", "80.000 kg", "٨٠.000 kg", diff.Content, "٨٠", 3},
			{"hidden text", "أقراص مغلفة", `أقراص مغلفة<span style="color:#fff"> مغلفة</span>`, diff.Content, "hidden text", 4},
		},
	} {
		base := filled(t, "batch-record", data)
		a := base.clone().print(t)
		for _, s := range seeds {
			changed := base.clone()
			changed.replace(t, s.old, s.new, 0)
			r := compare(t, a, changed.print(t), "")
			for _, w := range lacking(r, []want{{s.class, 0, s.say}}) {
				t.Errorf("%s, %s: no %s finding says %q:\n%s", data, s.name, w.class, w.say, list(r))
			}
			if len(r.Findings) > s.most {
				t.Errorf("%s, %s: %d findings:\n%s", data, s.name, len(r.Findings), list(r))
			}
		}
	}
}
