package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// build compiles the program once for all tests.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "platen-deploy-")
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "platen")
	cmd := exec.Command("go", "build", "-o", program, "../cmd/platen")
	cmd.Stderr = os.Stderr
	return program, cmd.Run()
})

func TestMain(m *testing.M) {
	code := m.Run()
	if program, err := build(); err == nil {
		os.RemoveAll(filepath.Dir(program))
	}
	os.Exit(code)
}

var flagName = regexp.MustCompile(`--([a-z][a-z0-9-]+)`)

// flagsOf returns the flags of a command, by the names of the variables that set them.
func flagsOf(t *testing.T, command string) map[string]bool {
	t.Helper()
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	help, err := exec.CommandContext(t.Context(), program, command, "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	flags := map[string]bool{}
	for _, m := range flagName.FindAllStringSubmatch(string(help), -1) {
		flags["PLATEN_"+strings.ToUpper(strings.ReplaceAll(m[1], "-", "_"))] = true
	}
	if len(flags) < 10 {
		t.Fatalf("the help of %s has the flags %v", command, flags)
	}
	return flags
}

// checkVariables checks that each variable sets a flag of the command.
func checkVariables(t *testing.T, command string, variables []string) {
	t.Helper()
	flags := flagsOf(t, command)
	for _, name := range variables {
		if !flags[name] {
			t.Errorf("%s is set for platen %s, which has no such flag", name, command)
		}
	}
	for _, name := range []string{"PLATEN_BUCKET", "PLATEN_REDIS", "PLATEN_MASTER_KEY", "PLATEN_S3_SECRET_KEY_FILE"} {
		if !strings.Contains(strings.Join(variables, " ")+" ", name+" ") {
			t.Errorf("%s is not set for platen %s", name, command)
		}
	}
}
