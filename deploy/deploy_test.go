// Package deploy_test holds the image and its seccomp profile against the repository.
package deploy_test

import (
	"encoding/json"
	"go/version"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The image is built with the release of Go that the module names, or one that mends it.
func TestImageUsesTheGoOfTheModule(t *testing.T) {
	module := regexp.MustCompile(`(?m)^go (\d+\.\d+\.\d+)$`).FindStringSubmatch(read(t, "../go.mod"))
	image := regexp.MustCompile(`(?m)^FROM golang:(\d+\.\d+\.\d+)-`).FindStringSubmatch(read(t, "../Dockerfile"))
	if module == nil || image == nil {
		t.Fatalf("go.mod has %q and the Dockerfile %q, want a release of Go in each", module, image)
	}
	if m, i := "go"+module[1], "go"+image[1]; version.Lang(m) != version.Lang(i) || version.Compare(i, m) < 0 {
		t.Errorf("go.mod has %s and the Dockerfile %s, want the same or a later patch release of it", m, i)
	}
}

func TestImage(t *testing.T) {
	stages := strings.Split(read(t, "../Dockerfile"), "\nFROM ")
	last := stages[len(stages)-1]
	for _, want := range []string{
		`/mnt/install run\b`, // the same installation as everywhere
		`source=scripts/install,`,
		`rm -rf /var/lib/apt/lists`,
		`(?m)^USER [1-9][0-9]*:[1-9][0-9]*$`, // not root
		`(?m)^ENTRYPOINT \["platen"\]$`,
		`(?m)^VOLUME \["/var/lib/platen", "/var/lib/platen-keys"\]$`, // the default bucket below XDG_DATA_HOME, and the master key
		`(?m)^    PLATEN_MASTER_KEY=/var/lib/platen-keys/master.key$`,
		`XDG_DATA_HOME=/var/lib\b`,
		`(?m)^COPY --from=build /platen /usr/`,
	} {
		if !regexp.MustCompile(want).MatchString(last) {
			t.Errorf("the last stage of the Dockerfile does not match %s", want)
		}
	}
	if strings.Contains(strings.Join(stages, ""), "sandbox") {
		t.Error("the Dockerfile speaks of the sandbox: it stays as it is by default, on")
	}
}

// The build context leaves out all that .dockerignore does not name.
func TestBuildContextHasEveryPackage(t *testing.T) {
	inContext := map[string]bool{".": true}
	for line := range strings.Lines(read(t, "../.dockerignore")) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "!"); ok {
			inContext[name] = true
		}
	}
	const module = "github.com/dicode/platen"
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "./cmd/platen")
	cmd.Dir, cmd.Stderr = "..", os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for pkg := range strings.FieldsSeq(string(out)) {
		folder, ours := strings.CutPrefix(pkg, module)
		if !ours {
			continue
		}
		found++
		top, _, _ := strings.Cut(strings.TrimPrefix(path.Clean(folder), "/"), "/")
		if !inContext[top] {
			t.Errorf("the program needs %s: add !%s to .dockerignore", pkg, top)
		}
	}
	if found < 2 {
		t.Errorf("go list names %d packages of ours", found)
	}
}

type profile struct {
	DefaultAction string `json:"defaultAction"`
	ErrnoRet      int    `json:"defaultErrnoRet"`
	ArchMap       []struct {
		Architecture     string   `json:"architecture"`
		SubArchitectures []string `json:"subArchitectures"`
	} `json:"archMap"`
	Syscalls []struct {
		Comment string   `json:"comment"`
		Names   []string `json:"names"`
		Action  string   `json:"action"`
		Args    []struct {
			Index    int    `json:"index"`
			Value    uint64 `json:"value"`
			ValueTwo uint64 `json:"valueTwo"`
			Op       string `json:"op"`
		} `json:"args"`
	} `json:"syscalls"`
}

func TestSeccompProfile(t *testing.T) {
	dec := json.NewDecoder(strings.NewReader(read(t, "seccomp.json")))
	dec.DisallowUnknownFields()
	var p profile
	if err := dec.Decode(&p); err != nil {
		t.Fatal(err)
	}
	if p.DefaultAction != "SCMP_ACT_ERRNO" || p.ErrnoRet != 38 {
		t.Errorf("what is not listed gives %s %d, want the error ENOSYS, 38", p.DefaultAction, p.ErrnoRet)
	}
	free, restricted := map[string]bool{}, map[string]bool{}
	for _, rule := range p.Syscalls {
		if rule.Action != "SCMP_ACT_ALLOW" || !slices.IsSorted(rule.Names) {
			t.Errorf("rule %q has action %s: want only SCMP_ACT_ALLOW, and sorted names", rule.Comment, rule.Action)
		}
		for _, name := range rule.Names {
			if len(rule.Args) > 0 {
				restricted[name] = true
			} else {
				free[name] = true
			}
		}
	}
	for _, name := range []string{"chroot", "execve", "futex", "openat", "prctl", "seccomp"} {
		if !free[name] {
			t.Errorf("%s is not allowed: the browser's sandbox needs it", name)
		}
	}
	for _, name := range []string{"clone", "socket", "unshare"} {
		if free[name] || !restricted[name] {
			t.Errorf("%s: want it allowed with some arguments only", name)
		}
	}
	for name := range strings.FieldsSeq(`add_key bpf clock_settime clone3 delete_module fanotify_init finit_module
		fsconfig fsmount fsopen init_module io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load keyctl
		mount mount_setattr move_mount name_to_handle_at open_by_handle_at open_tree perf_event_open personality
		pidfd_getfd pivot_root process_vm_readv process_vm_writev ptrace reboot request_key setns settimeofday
		swapoff swapon syslog umount2 userfaultfd`) {
		if free[name] || restricted[name] {
			t.Errorf("%s is allowed", name)
		}
	}
}
