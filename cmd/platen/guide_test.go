package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dicode/platen/helpers"
)

// fence is a fenced block of a guide: its language, a word more, and what is in it.
var fence = regexp.MustCompile("(?ms)^```(\\S+)(?: (\\S+))?\n(.*?)^```$")

// The template author's guide is true: followed to the letter, in an empty folder, its
// blocks make the files that they name, and its commands run.
func TestGuide(t *testing.T) {
	src, err := os.ReadFile("../../docs/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	dir, bin := t.TempDir(), t.TempDir()
	if err := os.Symlink(os.Args[0], filepath.Join(bin, "platen")); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+filepath.Join(dir, "share"), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	if os.Geteuid() == 0 {
		env = append(env, "PLATEN_CHROME_SANDBOX=off")
	}
	scripts := 0
	for _, m := range fence.FindAllStringSubmatch(string(src), -1) {
		language, word, text := m[1], m[2], m[3]
		switch {
		case language == "sh" && word == "":
			scripts++
			cmd := exec.CommandContext(t.Context(), "sh", "-e")
			cmd.Stdin, cmd.Dir, cmd.Env = strings.NewReader(text), dir, env
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v:\n%s\n%s", err, text, out)
			} else if strings.Contains(string(out), "warning: ") {
				t.Errorf("warnings of\n%s\n%s", text, out)
			}
		case word != "" && word != "install":
			file := filepath.Join(dir, word)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if scripts < 6 {
		t.Errorf("only %d scripts were found", scripts)
	}
	for pdf, want := range map[string]string{"page.pdf": "DRAFT", "issued.pdf": "EFFECTIVE", "short.pdf": "Certification"} {
		text, err := exec.Command("pdftotext", "-layout", filepath.Join(dir, pdf), "-").Output()
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s has no %s, %v:\n%s", pdf, want, err, text)
		}
	}
}

// The guide's list of helpers is that of the program.
func TestGuideListsHelpers(t *testing.T) {
	src, err := os.ReadFile("../../docs/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(src), "\n## The helpers at a glance\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var listed []string
	for _, m := range regexp.MustCompile("`([a-z][A-Za-z0-9]*)`").FindAllStringSubmatch(section, -1) {
		listed = append(listed, m[1])
	}
	var known []string
	for _, h := range helpers.All() {
		known = append(known, h.Name)
	}
	slices.Sort(listed)
	slices.Sort(known)
	if !slices.Equal(listed, known) {
		t.Errorf("listed are\n%s\nknown are\n%s", listed, known)
	}
}
