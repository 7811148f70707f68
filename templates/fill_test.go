package templates

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates/handlebars"
)

func parseData(t testing.TB, src string) any {
	t.Helper()
	v, err := platen.ParseData([]byte(src), platen.DefaultDataLimits)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func compile(t testing.TB, b *Bundle) *Template {
	t.Helper()
	tpl, err := Compile(b)
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

func TestFill(t *testing.T) {
	b, err := OpenFS(bundleFS(t, "small.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := compile(t, b).Fill(t.Context(), parseData(t, `{"record":{"id":"R-1 <&>"}}`), platen.IssueBlock{By: "QA"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := `<!DOCTYPE html>
<html lang="de-DE" dir="ltr">
<head><style>@page{size:A5 portrait;margin:10mm}</style>
<meta charset="utf-8">
<title>R-1 &lt;&amp;&gt;</title>
<link rel="stylesheet" href="styles/main.css">
</head>
<body>
<img src="assets/logo.svg" alt="Logo">
<h1>Charge R-1 &lt;&amp;&gt;</h1>
<p>QA small 1.0.0 batch-record/1 Europe/Berlin</p>
</body>
</html>
`
	if string(got.HTML) != want {
		t.Errorf("got\n%s\nwant\n%s", got.HTML, want)
	}
	if len(got.Files) != 2 || got.Files["styles/main.css"] == nil || got.Files["assets/logo.svg"] == nil {
		t.Errorf("files %v", got.Files)
	}
	if got.Scripts {
		t.Error("scripts are on")
	}
}

func TestFillVariables(t *testing.T) {
	data := `{"record":{"timeZone":"Asia/Tokyo"},"a":1.50}`
	for _, c := range []struct{ name, settings, template, want string }{
		{"digest of the data", "", "{{@digest}}", platen.Digest([]byte(data))},
		{"zone of the record", "timeZone: record", "{{@timeZone}}", "Asia/Tokyo"},
		{"time in the zone of the record", "timeZone: record", `{{date "2026-03-01T23:30:00Z" pattern="HH:mm"}}`, "08:30"},
		{"time in the zone of the settings", "timeZone: America/New_York", `{{date "2026-03-01T23:30:00Z" pattern="HH:mm"}}`, "18:30"},
		{"direction", "locale: he", "{{@direction}}", "rtl"},
		{"issue", "", "{{@issue.at}} {{@issue.copy}}/{{@issue.of}}", "2026-03-01T10:00:00+01:00 1/2"},
		{"absent when not strict", "strict: false", "{{b}}", ""},
		{"lenient helper", "", `{{default b "-"}}`, "-"},
		{"lenient helper, key", "", `{{#if (not b)}}none{{/if}}`, "none"},
		{"digits as written", "", "{{a}}", "1.50"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := mustOpen(t, map[string]string{settingsFile: minimalYAML + c.settings + "\n", defaultEntry: "<p>" + c.template + "</p>"})
			issue := platen.IssueBlock{At: "2026-03-01T10:00:00+01:00", Copy: 1, Of: 2}
			got, err := compile(t, b).Fill(t.Context(), parseData(t, data), issue, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(string(got.HTML), "<p>"+c.want+"</p>") {
				t.Errorf("got %s, want %s", got.HTML, c.want)
			}
		})
	}
}

func TestFillRefuses(t *testing.T) {
	for _, c := range []struct{ name, settings, template, data, want string }{
		{"absent", "", "\n  {{x.y}}", `{}`, "document.hbs:2:5:"},
		{"no zone in the record", "timeZone: record", "", `{"record":{}}`, "no record.timeZone"},
		{"unknown zone in the record", "timeZone: record", "", `{"record":{"timeZone":"Mars"}}`, "want an IANA time zone"},
		{"zone of the machine in the record", "timeZone: record", "", `{"record":{"timeZone":"Local"}}`, "want an IANA time zone"},
		{"no such asset", "", `{{asset "lgo.svg"}}`, `{}`, "did you mean logo.svg?"},
		{"without end", "", `{{> self}}`, `{}`, "partials/self.hbs:1:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := mustOpen(t, map[string]string{
				settingsFile: minimalYAML + c.settings + "\n", defaultEntry: c.template,
				"assets/logo.svg": "<svg/>", "partials/self.hbs": "{{> self}}",
			})
			_, err := compile(t, b).Fill(t.Context(), parseData(t, c.data), platen.IssueBlock{}, nil)
			wantError(t, err, c.want)
		})
	}
}

func TestFillStopsWithItsContext(t *testing.T) {
	b := mustOpen(t, map[string]string{defaultEntry: "{{#each list}}{{#each ../list}}{{this}}{{/each}}{{/each}}"})
	data := parseData(t, `{"list":[`+strings.Repeat("1,", 3000)+`1]}`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := compile(t, b).Fill(ctx, data, platen.IssueBlock{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context canceled", err)
	}
}

func TestCompileReportsEveryFile(t *testing.T) {
	b := mustOpen(t, map[string]string{
		defaultEntry: "{{#if}}", "partials/a.hbs": "<p>\n{{#each x}}", "partials/b.hbs": "a\xff", "partials/ok.hbs": "\xef\xbb\xbf{{x}}\r\n",
	})
	_, err := Compile(b)
	for _, want := range []string{"document.hbs:1:", "partials/a.hbs:2:1:", "partials/b.hbs:1:2:"} {
		wantError(t, err, want)
	}
	var at *handlebars.Error
	if !errors.As(err, &at) || at.File != "document.hbs" {
		t.Errorf("first error %v", at)
	}
}

func TestPageRuleComesFirst(t *testing.T) {
	const rule = "<style>@page{size:A4 portrait;margin:20mm}</style>"
	for _, c := range []struct{ src, want string }{
		{"<!DOCTYPE html><HTML><HEAD lang=x><title>", "<!DOCTYPE html><HTML><HEAD lang=x>" + rule + "<title>"},
		{"<!DOCTYPE html><html><body>", "<!DOCTYPE html><html>" + rule + "<body>"},
		{"<!-- <head> --><p>", "<!-- <head> -->" + rule + "<p>"},
		{"text<p>", rule + "text<p>"},
		{"", rule},
	} {
		b := mustOpen(t, map[string]string{defaultEntry: c.src})
		got, err := compile(t, b).Fill(t.Context(), parseData(t, "{}"), platen.IssueBlock{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if string(got.HTML) != c.want {
			t.Errorf("%q: got %q, want %q", c.src, got.HTML, c.want)
		}
	}
}

func TestFillIsConcurrent(t *testing.T) {
	b := mustOpen(t, map[string]string{
		settingsFile: minimalYAML + "timeZone: record\n",
		defaultEntry: `<p>{{> p}}{{date "2026-03-01T23:30:00Z" pattern="HH:mm"}}</p>`, "partials/p.hbs": "{{record.id}} ",
	})
	tpl := compile(t, b)
	var wg sync.WaitGroup
	for _, c := range [][2]string{{`{"record":{"id":"A","timeZone":"Asia/Tokyo"}}`, "A 08:30"}, {`{"record":{"id":"B","timeZone":"UTC"}}`, "B 23:30"}} {
		for range 8 {
			wg.Go(func() {
				got, err := tpl.Fill(t.Context(), parseData(t, c[0]), platen.IssueBlock{}, nil)
				if err != nil || !strings.Contains(string(got.HTML), "<p>"+c[1]+"</p>") {
					t.Errorf("got %s, %v; want %s", got.HTML, err, c[1])
				}
			})
		}
	}
	wg.Wait()
}
