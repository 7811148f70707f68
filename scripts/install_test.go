// Package scripts_test runs scripts/install with stand-ins for apt, dpkg and sudo.
package scripts_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A machine is a folder of commands that act as the machine in question would.
type machine struct {
	installed string // packages that dpkg knows
	available string // packages that apt knows
	afterward string // packages that apt knows once its lists are updated
	commands  string // further commands in the PATH; each runs what it is given, as sudo does
	user      string // id -u
	stale     bool   // apt-get install fails until the lists are updated
	noApt     bool
	goVersion string // "" is no Go
	gateway   string // version of the S3 server that is there
}

// has is a shell function: has LIST WORD.
const has = `has() { case " $1 " in *" $2 "*) return 0;; esac; return 1; }` + "\n"

func (m machine) stubs() map[string]string {
	stubs := map[string]string{
		"id": `echo ` + m.user,
		"dpkg-query": has + `for package; do :; done
			has "` + m.installed + `" "$package" && echo "ii "`,
		"apt-cache": has + `shift; known="` + m.available + `"; [ -e "$LOG.updated" ] && known="` + m.afterward + `"
			has "$known" "$1" && printf '%s:\n  Installed: (none)\n  Candidate: 1.2-3\n' "$1"; exit 0`,
		"apt-get": `echo "apt-get $*" >> "$LOG"
			if [ "$1" = update ]; then : > "$LOG.updated"; exit 0; fi
			[ ` + strconv.FormatBool(m.stale) + ` = true ] && [ ! -e "$LOG.updated" ] && exit 100; exit 0`,
		"go": `case $1 in
			version) printf '\tmod\tgithub.com/versity/versitygw\t%s\th1:x\n' "` + m.gateway + `";;
			install) echo "go $*" >> "$LOG"; : > "$GOBIN/versitygw";;
			*) echo go` + m.goVersion + `;;
			esac`,
	}
	for name := range strings.FieldsSeq(m.commands) {
		stubs[name] = `echo "` + name + ` $*" >> "$LOG"; exec "$@"`
	}
	if m.noApt {
		delete(stubs, "apt-get")
	}
	if m.goVersion == "" {
		delete(stubs, "go")
	}
	return stubs
}

// install runs scripts/install on m. It returns the exit code, what stderr
// says, and what was asked of apt-get and sudo.
func (m machine) install(t *testing.T, args ...string) (code int, says, did string) {
	t.Helper()
	bin, log := t.TempDir(), filepath.Join(t.TempDir(), "log")
	for name, body := range m.stubs() {
		script := "#!/bin/sh\n" + body + "\n"
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"bash", "env", "sed", "sort", "head", "dirname", "mkdir", "mktemp", "mv", "rm"} {
		real, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(real, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	script := copyScript(t)
	cmd := exec.CommandContext(t.Context(), "bash", append([]string{script}, args...)...)
	cmd.Env = []string{"PATH=" + bin, "LOG=" + log}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	if stdout.Len() > 0 {
		t.Errorf("stdout has %q, want nothing", stdout.String())
	}
	calls, err := os.ReadFile(log)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stderr.String(), string(calls)
}

// copyScript returns the path of a copy of scripts/install in a repository of its own.
func copyScript(t *testing.T) string {
	t.Helper()
	top := t.TempDir()
	for from, to := range map[string]string{"install": "scripts/install", "../go.mod": "go.mod"} {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		to = filepath.Join(top, to)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(top, "scripts", "install")
}

const (
	fonts   = "fontconfig fonts-noto-core fonts-noto-cjk fonts-noto-mono"
	tools   = "poppler-utils qpdf redis-tools"
	shell   = "chromium-headless-shell"
	debian  = shell + " chromium " + fonts + " " + tools
	update  = "apt-get update -qq\n"
	gateway = "go install -trimpath github.com/versity/versitygw/cmd/versitygw@v1.8.0\n"
	options = "apt-get install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "
)

func TestInstall(t *testing.T) {
	tests := []struct {
		name    string
		machine machine
		target  string
		code    int
		says    string // part of stderr; "" wants it empty
		did     string
	}{
		{"all there", machine{user: "1000", installed: shell + " " + fonts, commands: shell},
			"run", 0, "", ""},
		{"all there for the tests", machine{user: "1000", installed: debian, commands: shell, goVersion: "1.100.0", gateway: "v1.8.0"},
			"test", 0, "", ""},
		{"no S3 server for the tests", machine{user: "1000", installed: debian, commands: shell, goVersion: "1.100.0"},
			"test", 0, "building versitygw v1.8.0", gateway},
		{"an older S3 server for the tests", machine{user: "1000", installed: debian, commands: shell, goVersion: "1.100.0", gateway: "v1.7.0"},
			"test", 0, "building versitygw v1.8.0", gateway},
		{"no Go for the S3 server", machine{user: "1000", installed: debian, commands: shell},
			"test", 1, "no Go here", ""},
		{"nothing there", machine{user: "0", available: debian},
			"run", 0, "installing " + shell + " " + fonts, options + shell + " " + fonts + "\n"},
		{"no package lists", machine{user: "0", afterward: debian},
			"run", 0, "updating the package lists", update + options + shell + " " + fonts + "\n"},
		{"package lists that are too old", machine{user: "0", available: debian, afterward: debian, stale: true},
			"run", 0, "updating", options + shell + " " + fonts + "\n" + update + options + shell + " " + fonts + "\n"},
		{"some there", machine{user: "0", available: debian, installed: shell + " fontconfig fonts-noto-core qpdf", commands: shell, goVersion: "1.100.0", gateway: "v1.8.0"},
			"test", 0, "installing", options + "fonts-noto-cjk fonts-noto-mono poppler-utils redis-tools\n"},
		{"no headless shell", machine{user: "0", available: "chromium " + fonts, afterward: "chromium " + fonts},
			"run", 0, "installing chromium", update + options + "chromium " + fonts + "\n"},
		{"another browser, no headless shell", machine{user: "0", available: fonts, installed: fonts, commands: "google-chrome"},
			"run", 0, "", ""},
		{"chromium, and the headless shell to be had", machine{user: "0", available: debian, installed: "chromium " + fonts, commands: "chromium"},
			"run", 0, "installing", options + shell + "\n"},
		{"sudo", machine{user: "1000", available: debian, installed: fonts, commands: "sudo"},
			"run", 0, "installing", "sudo env DEBIAN_FRONTEND=noninteractive " + options + shell + "\n" + options + shell + "\n"},
		{"neither root nor sudo", machine{user: "1000", available: debian},
			"run", 1, "apt-get update && apt-get install --no-install-recommends " + shell + " " + fonts, ""},
		{"no such package", machine{user: "0", available: fonts, afterward: fonts},
			"run", 1, "apt knows no package chromium", update},
		{"no apt", machine{user: "1000", noApt: true, commands: "fc-list pdftotext pdftoppm"},
			"test", 1, "the command qpdf", "fc-list Noto Sans\nfc-list Noto Sans CJK JP\nfc-list Noto Sans Mono\n"},
		{"no Go", machine{user: "1000"}, "build", 1, "no Go here", ""},
		{"an old Go", machine{user: "1000", goVersion: "1.9.7"}, "build", 1, "Go 1.9.7 is too old", ""},
		{"a newer Go", machine{user: "1000", goVersion: "1.100.0"}, "build", 0, "", ""},
		{"an unknown target", machine{user: "0"}, "all", 2, "usage", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			code, says, did := test.machine.install(t, test.target)
			if code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if !strings.Contains(says, test.says) || test.says == "" && says != "" {
				t.Errorf("it says %q, want %q", says, test.says)
			}
			if did != test.did {
				t.Errorf("it did\n%s\nwant\n%s", did, test.did)
			}
		})
	}
}
