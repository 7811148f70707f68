package diff_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/renderer/chrome"
)

// TestReportInABrowser clicks through a report as people do.
func TestReportInABrowser(t *testing.T) {
	base := filled(t, "batch-record", "tablet-2p")
	changed := base.clone()
	changed.replace(t, "475.25 kg", "475.26 kg", 1)
	changed.replace(t, "Unichem", "Uni&lt;/script>&lt;script>alert(1)&lt;/script>", 1)
	changed.style(t, "h2{color:#ff0000}")
	changed.About.Title = `<script>alert("title")</script>`
	a, b := base.clone().print(t), changed.print(t)
	r := compare(t, a, b, "version: 1\nmasks: [{name: title, reason: it counts up, metadata: info Title}]")
	var page bytes.Buffer
	if err := r.HTML(t.Context(), &page, a, b, draw); err != nil {
		t.Fatal(err)
	}
	again := bytes.Buffer{}
	if err := r.HTML(t.Context(), &again, a, b, draw); err != nil || !bytes.Equal(page.Bytes(), again.Bytes()) {
		t.Errorf("the same report is another file: %v", err)
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, page.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}

	program, err := chrome.Find(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(program.Path), chromedp.WindowSize(1400, 900)}
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := chromedp.NewContext(t.Context(), chromedp.WithAllocatorOptions(options...))
	defer cancel()
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	var trouble []string
	chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			trouble = append(trouble, "it throws: "+e.ExceptionDetails.Text)
		case *network.EventRequestWillBeSent:
			if url := e.Request.URL; !strings.HasPrefix(url, "file:") && !strings.HasPrefix(url, "data:") {
				trouble = append(trouble, "it loads "+url)
			}
		}
	})
	step := func(what string, want any, js string, actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, actions...); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		equal := fmt.Sprintf("(%s) === %s", js, quoted(want))
		if _, err := chromedp.Run(ctx, chromedp.Poll[bool](equal, chromedp.WithPollingTimeout(5*time.Second))); err != nil {
			got, _ := chromedp.Run(ctx, chromedp.Evaluate[any](js))
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	key := func(k string) chromedp.Action[chromedp.Void] { return chromedp.KeyEvent(k) }
	run := func(js string) chromedp.Action[chromedp.Void] { return chromedp.Evaluate[chromedp.Void](js) }
	media := func(p emulation.SetEmulatedMediaParams) chromedp.Action[chromedp.Void] {
		return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			return target.Call(ctx, emulation.SetEmulatedMedia.Method, p, nil)
		})
	}
	scheme := func(value string) chromedp.Action[chromedp.Void] {
		return media(emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}}})
	}
	motion := func(value string) chromedp.Action[chromedp.Void] {
		return media(emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: value}}})
	}
	contents := 0
	for _, f := range r.Findings {
		if f.Class == diff.Content {
			contents++
		}
	}
	const (
		here    = `document.querySelector("[aria-current] .what").textContent.includes("475.26")`
		current = `document.querySelector("[aria-current]").dataset.index`
		shown   = `document.querySelectorAll(".finding:not([hidden])").length`
		mode    = `document.getElementById("stage").className`
	)
	step("opens with the first finding", "0", current, chromedp.Navigate("file://"+file))
	step("says what came of it first", "different", `document.querySelector("h1").textContent`)
	step("lists all findings", len(r.Findings), shown)
	step("both pages are drawn", 2, `[...document.querySelectorAll(".sheet img")].filter(i => i.complete && i.naturalWidth > 500).length`)
	step("changes are boxed", true, `document.querySelectorAll("#a .sheet i").length > 0 && document.querySelectorAll("#b .sheet i").length > 0`)
	step("a key goes on", "1", current, key("j"))
	step("a key goes back", "0", current, key("k"))
	step("a click selects", true, here, run(`[...document.querySelectorAll(".finding")].find(f => f.textContent.includes("475.26")).click()`))
	step("on its page", "B, page 2", `document.querySelector("#b figcaption").textContent`)
	step("overlay", "overlay", mode, key("2"))
	step("the slider mixes", "0.5", `document.getElementById("b").style.opacity`)
	step("it is moved", "0.2", `document.getElementById("b").style.opacity`, run(`slider.value = 20; slider.dispatchEvent(new Event("input")); undefined`))
	step("blink", "blink", mode, chromedp.Click(`[data-view="blink"]`))
	step("it is dark", "hidden", `document.getElementById("b").style.visibility`)
	step("and light", "", `document.getElementById("b").style.visibility`)
	step("it does not blink by itself for those who want it still", "", `document.getElementById("b").style.visibility`, key("1"), motion("reduce"), key("3"))
	step("and does by a key", "hidden", `document.getElementById("b").style.visibility`, key(" "))
	step("side by side", "side", mode, key("1"), motion("no-preference"))
	step("Enter selects what has the focus", "2", current, run(`document.querySelectorAll(".finding")[2].focus(); undefined`), key("\r"))
	step("back to the change", true, here, run(`[...document.querySelectorAll(".finding")].find(f => f.textContent.includes("475.26")).click()`))
	step("a filter hides a class", 0, `document.querySelectorAll(".finding.content:not([hidden])").length`, chromedp.Click(`.counts input[value="content"]`))
	step("what is shown is selected", "false", `String(document.querySelector("[aria-current]").hidden)`)
	step("the style finding has its places", true, `document.getElementById("place").textContent.startsWith("place 1 of ")`)
	step("the next place", true, `document.getElementById("place").textContent.startsWith("place 2 of ")`, key("n"))
	step("what is expected can be hidden", len(r.Findings)-1-contents, shown, chromedp.Click(`#expected`))
	step("and nothing else", 0, `document.querySelectorAll(".finding.masked:not([hidden])").length`)
	step("and is back", 1, `document.querySelectorAll(".finding.masked:not([hidden])").length`, chromedp.Click(`#expected`))
	step("with no class there is no page", "true false", `document.getElementById("viewer").hidden + " " + document.getElementById("none").hidden`, run(`document.querySelectorAll(".counts input[value]:checked").forEach(b => b.click())`))
	step("with all classes there are all", len(r.Findings), shown, run(`document.querySelectorAll(".counts input[value]").forEach(b => { if (!b.checked) b.click(); })`))
	step("light", "light", `document.documentElement.dataset.theme`)
	step("dark by a key", "dark", `document.documentElement.dataset.theme`, key("d"))
	step("light by the key", "light", `document.documentElement.dataset.theme`, key("d"))
	step("dark as the system is", "dark", `document.documentElement.dataset.theme`, scheme("dark"))
	step("light as the system is", "light", `document.documentElement.dataset.theme`, scheme("light"))
	step("print shows no controls", "none", `getComputedStyle(document.getElementById("controls")).display`, media(emulation.SetEmulatedMediaParams{Media: "print"}))
	step("a dark report prints light", "rgb(255, 255, 255)", `getComputedStyle(document.body).backgroundColor`, run(`document.documentElement.dataset.theme = "dark"; undefined`))
	step("all findings are printed", len(r.Findings), `[...document.querySelectorAll(".finding")].filter(f => f.getClientRects().length > 0).length`)
	step("nothing of the documents runs", 2, `document.scripts.length`)
	for _, s := range trouble {
		t.Error(s)
	}
}

func quoted(v any) string {
	if s, ok := v.(string); ok {
		return `"` + s + `"`
	}
	return fmt.Sprint(v)
}
