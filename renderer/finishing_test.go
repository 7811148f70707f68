package renderer

import (
	"testing"

	"github.com/dicode/platen/renderer/finish"
)

// What a document says about itself stands in its head, whether that is marked or not: no title of a
// drawing is that of the document.
func TestDescribe(t *testing.T) {
	const head = `<title> Batch
record </title><meta name="record" content="BR-1"><style>p {}</style>`
	const chart = `<svg><title>Assay</title></svg><meta name="record" content="BR-2">`
	want := finish.About{Title: "Batch record", Language: "de", Record: "BR-1"}
	for name, doc := range map[string]string{
		"all tags":               `<!DOCTYPE html><html lang="de"><head>` + head + `</head><body>` + chart,
		"no body":                `<html lang="de"><head>` + head + `</head><p>` + chart,
		"a chart behind a head":  `<html lang="de"><head>` + head + `</head>` + chart,
		"no head":                `<html lang="de">` + head + chart,
		"two titles":             `<html lang="de">` + head + `<title>Other</title>` + chart,
		"a comment before it":    `<html lang="de"><!-- <title>No</title> -->` + head + chart,
		"a script that has one":  `<html lang="de"><script>"<title>No</title>"</script>` + head + chart,
		"a link before the rest": `<html lang="de"><link rel="stylesheet" href="a.css">` + head + chart,
	} {
		if got := describe([]byte(doc)); got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	if got := describe([]byte(`<html lang="de"><p>x</p>` + chart)); got != (finish.About{Language: "de"}) {
		t.Errorf("without a title: %+v", got)
	}
}
