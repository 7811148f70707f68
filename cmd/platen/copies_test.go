package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen/client"
)

// Copies are issued by the processes as people run them, in one or in several, and are
// known to the server and in the bucket.
func TestServiceIssuesCopies(t *testing.T) {
	a := newAuthority(t)
	for name, distributed := range map[string]bool{"embedded": false, "distributed": true} {
		t.Run(name, func(t *testing.T) {
			i := startPlant(t, distributed, "PLATEN_PUBLIC_URL=https://platen.lab.example")
			i.command(t, "tenant", "seal", "set", a.file("seal.key"), "--cert", a.file("seal.pem"), "--tenant", "default", "--always")
			d := i.post(t, "baseline/batch-record", map[string]any{"issue": map[string]string{"at": time.Now().Format(time.RFC3339)}})
			if d.State != "done" {
				t.Fatalf("it is %s: %s\n%s", d.State, d.Problem.Detail, i.log(t))
			}
			of := "/v1/documents/" + d.ID + "/copies"
			res, err := http.Post(i.url+of, "application/json", strings.NewReader(`{"status":"CONTROLLED COPY","recipient":"Line 3"}`))
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			var c client.Copy
			if err := json.NewDecoder(res.Body).Decode(&c); err != nil || res.StatusCode != http.StatusCreated || c.Seal.Field != "Seal" {
				t.Fatalf("%s: %v: %+v\n%s", res.Status, err, c, i.log(t))
			}
			file := filepath.Join(t.TempDir(), "copy.pdf")
			writeFile(t, file, string(i.get(t, of+"/1/content")))
			if got := platenAt(t, i.url, "verify "+file+" --ask server"); got.code != exitDone || !strings.Contains(got.out, "yes: copy "+c.Id+", issued, outstanding") {
				t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
			}
			var out, errs bytes.Buffer
			env := func(name string) (string, bool) {
				if v := i.value(name); v != "" {
					return v, true
				}
				return os.LookupEnv(name)
			}
			line := []string{"copies", "return", d.ID, "1", "--tenant", "default", "--bucket", i.bucket, "--reason", "line closed"}
			if code := run(t.Context(), line, env, streams{strings.NewReader(""), &out, &errs}); code != exitDone {
				t.Fatalf("exit code %d: %s", code, errs.String())
			}
			if got := i.get(t, "/v1/copies/"+c.Id+"?sha256="+c.Original); !bytes.HasPrefix(got, []byte(`{"valid":false,`)) || !bytes.Contains(got, []byte(`"reason":"line closed"`)) {
				t.Errorf("what came back: %s", got)
			}
		})
	}
}
