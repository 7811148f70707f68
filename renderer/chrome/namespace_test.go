package chrome_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
)

// attackAndTell attacks and says what the browser's network was and did. It is a program
// of its own, since an ordinary user gets a namespace otherwise than root.
func attackAndTell() {
	p, err := chrome.Open(context.Background(), chrome.Config{Browsers: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println("open", err)
		return
	}
	defer p.Close()
	for _, attack := range []string{"websocket", "webrtc", "webrtc to a peer", "fetch", "name"} {
		m := markup(`<p>x</p><script>` + strings.ReplaceAll(active[attack], "HOST", "127.0.0.1:9/evil") + `</script>`)
		m.Scripts = true
		if _, err := p.Print(context.Background(), m); err != nil && !errors.Is(err, platen.Invalid) {
			fmt.Println("print", err)
		}
	}
	fmt.Println("isolated", chrome.Isolated(p))
	proc := fmt.Sprintf("/proc/%d/net/", chrome.Pids(p)[0][0])
	for _, name := range []string{"dev", "route"} {
		lines, err := os.ReadFile(proc + name)
		fmt.Println(name, err)
		for line := range strings.Lines(string(lines)) {
			if fields := strings.Fields(line); len(fields) > 9 && (name == "route" || strings.HasSuffix(fields[0], ":")) {
				fmt.Println(name, strings.Join(fields, " "))
			}
		}
	}
}

// Where the kernel allows it, the browser's network is a loopback that is down: nothing
// goes out, nothing comes in, and there is no route to anywhere.
func TestNamespaceIsEmpty(t *testing.T) {
	t.Parallel()
	_, out, _ := helper(t, "attack and tell")
	report, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(report), "isolated false\n") {
		t.Skip("this machine allows no network namespace: flags and refusals keep the browser off the network")
	}
	want := "isolated true\ndev <nil>\ndev lo:" + strings.Repeat(" 0", 16) + "\nroute <nil>\n"
	if string(report) != want {
		t.Errorf("got %s, want %s", report, want)
	}
}
