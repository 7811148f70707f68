package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dicode/platen/storage/storagetest"
)

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"platen": main})
}

// tests are all tests of the command, with a home for master keys of their own.
type tests struct{ *testing.M }

func (t tests) Run() int {
	config, err := os.MkdirTemp("", "platen-config-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(config)
	os.Setenv("XDG_CONFIG_HOME", config)
	return t.M.Run()
}

// testKeys are the keys of processes that a test starts.
func testKeys() keyFlags { return keyFlags{[]string{defaultMasterKey(os.LookupEnv)}} }

// TestScripts runs the command as people do. In a script $DATA is the folder of
// the records, $S3_ENDPOINT an S3 server with a bucket platen, and a render keeps its documents in the script's own folder.
func TestScripts(t *testing.T) {
	data, err := filepath.Abs("../../testdata/data")
	if err != nil {
		t.Fatal(err)
	}
	s3 := storagetest.S3(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("DATA", data)
			env.Setenv("S3_ENDPOINT", s3.Endpoint)
			env.Setenv("S3_SECRET", s3.SecretKey)
			env.Setenv("S3_ACCESS", s3.AccessKey)
			env.Setenv("PLATEN_S3_ACCESS_KEY", s3.AccessKey)
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "share"))
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "config"))
			if os.Geteuid() == 0 {
				env.Setenv("PLATEN_CHROME_SANDBOX", "off")
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": exitcode,
			"pdf":      checkPDF,
		},
	})
}

// exitcode runs a command and demands its exit code: exitcode 2 platen render.
func exitcode(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%s did not run: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// checkPDF demands that qpdf finds nothing wrong with a PDF and that pdftotext
// finds a text in it: pdf out.pdf 'Batch record'.
func checkPDF(ts *testscript.TestScript, neg bool, args []string) {
	path := ts.MkAbs(args[0])
	if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil {
		ts.Fatalf("qpdf --check: %v\n%s", err, out)
	}
	text, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	ts.Check(err)
	for _, want := range args[1:] {
		if strings.Contains(string(text), want) == neg {
			ts.Fatalf("found %q in the PDF: %v\n%s", want, neg, text)
		}
	}
}

func TestHelpOfEveryCommand(t *testing.T) {
	none := func(string) (string, bool) { return "", false }
	for _, command := range []string{"", "render", "finish", "lint", "tenant create", "tenant show", "tenant log", "tenant export", "tenant import", "tenant settings get", "tenant settings put", "tenant seal set", "tenant seal show", "contract", "contract list", "contract show", "contract check", "templates", "helpers", "inspect", "doctor", "version", "job", "job list", "job show", "job get", "job retry", "job cancel", "delivery", "delivery list", "delivery show", "delivery retry", "top", "keys", "keys new", "keys status", "keys rotate", "keys rewrap", "keys destroy", "audit", "audit verify", "audit export", "audit tail", "sign", "verify", "renew", "copy", "copies", "copies list", "copies verify", "copies return", "copies destroy", "copies supersede", "diff", "prove", "baseline", "baseline record", "baseline check", "baseline approve", "baseline list", "validate", "template", "template push", "template preview", "template upgrade", "template show"} {
		var out, errs bytes.Buffer
		args := append([]string{"help"}, strings.Fields(command)...)
		code := run(context.Background(), args, none, streams{strings.NewReader(""), &out, &errs})
		if code != 0 || errs.Len() > 0 || !strings.Contains(out.String(), "Usage: platen") {
			t.Errorf("platen help %s: exit code %d, stderr %q, stdout %q", command, code, &errs, &out)
		}
	}
}

// A pipe is a reader that never delivers; it tells when it is read.
type pipe chan struct{}

func (p pipe) Read([]byte) (int, error) {
	close(p)
	select {}
}

func TestInterruptedWhileItWaitsForData(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	stdin := make(pipe)
	go func() {
		<-stdin
		cancel()
	}()
	var out, errs bytes.Buffer
	none := func(string) (string, bool) { return "", false }
	code := run(ctx, []string{"render", "-t", "baseline/batch-record", "-d", "-", "--html", "-o", "-"}, none, streams{stdin, &out, &errs})
	if code != exitInterrupted || out.Len() > 0 || !strings.Contains(errs.String(), "interrupted: 0 of 1 record done") {
		t.Errorf("exit code %d, stderr %q", code, &errs)
	}
}
