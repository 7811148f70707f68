package deploy_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// A composed service is what compose.yaml says of it.
type composed struct {
	Image       string
	User        string
	Command     []string
	Environment map[string]string
	ReadOnly    bool     `yaml:"read_only"`
	CapDrop     []string `yaml:"cap_drop"`
	SecurityOpt []string `yaml:"security_opt"`
	Tmpfs       []string
	Ports       []string
	Secrets     []string
	Networks    []string
	Volumes     []string
	Healthcheck struct{ Test []string }
	Deploy      struct{ Replicas int }
}

type compose struct {
	Services map[string]composed
	Secrets  map[string]struct{ File string }
	Networks map[string]struct{ Internal bool }
	Volumes  map[string]any
}

func readCompose(t *testing.T) (c compose) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, "compose.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCompose(t *testing.T) {
	c := readCompose(t)
	if names := slices.Sorted(maps.Keys(c.Services)); !slices.Equal(names, []string{"api", "redis", "s3", "worker"}) {
		t.Fatalf("there are %v", names)
	}
	for name, s := range c.Services {
		if !slices.Contains(s.SecurityOpt, "no-new-privileges:true") || len(s.Healthcheck.Test) == 0 || !regexp.MustCompile(`:[^:]*\d|PLATEN_IMAGE`).MatchString(s.Image) {
			t.Errorf("%s: want no new privileges, a health check and a pinned image, found %+v", name, s)
		}
		for _, secret := range s.Secrets {
			if c.Secrets[secret].File == "" {
				t.Errorf("%s: there is no secret %s", name, secret)
			}
		}
		for _, v := range s.Volumes {
			volume, _, _ := strings.Cut(v, ":")
			if _, ok := c.Volumes[volume]; !ok {
				t.Errorf("%s: there is no volume %s", name, volume)
			}
		}
		if name != "api" && (len(s.Ports) > 0 || !slices.Equal(s.Networks, []string{"inside"}) || !c.Networks["inside"].Internal) {
			t.Errorf("%s can be reached from outside, or reaches it: %+v", name, s)
		}
	}
}

func TestComposedPlaten(t *testing.T) {
	c := readCompose(t)
	for name, command := range map[string]string{"api": "serve", "worker": "worker"} {
		s := c.Services[name]
		checkVariables(t, command, slices.Sorted(maps.Keys(s.Environment)))
		if !slices.Equal(s.Command, []string{command}) || s.User != "10001:10001" || !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) ||
			!slices.Contains(s.SecurityOpt, "seccomp:./seccomp.json") || len(s.Tmpfs) != 1 || !strings.HasPrefix(s.Tmpfs[0], "/tmp:") {
			t.Errorf("%s is not closed as the image is to run: %+v", name, s)
		}
		for variable, value := range s.Environment {
			if secret, ok := strings.CutPrefix(value, "/run/secrets/"); ok && !slices.Contains(s.Secrets, secret) {
				t.Errorf("%s: %s names the secret %s, which it does not get", name, variable, secret)
			}
		}
	}
	if n := c.Services["worker"].Deploy.Replicas; n != 2 {
		t.Errorf("there are %d workers", n)
	}
	if c.Services["api"].Environment["PLATEN_TOKEN_ISSUER"] == "" || !strings.HasPrefix(c.Services["api"].Ports[0], "127.0.0.1:") {
		t.Error("the API is open")
	}
}

// The health checks are run against a server that lives, and one that does not.
func TestComposedHealthChecks(t *testing.T) {
	for name, port := range map[string]string{"api": "8080", "worker": "9090"} {
		for path, lives := range map[string]bool{"/livez": true, "/other": false} {
			mux := http.NewServeMux()
			mux.HandleFunc("GET "+path, func(http.ResponseWriter, *http.Request) {})
			server := httptest.NewServer(mux)
			test := readCompose(t).Services[name].Healthcheck.Test
			script := strings.Replace(test[3], "/"+port+" ", "/"+server.URL[strings.LastIndexByte(server.URL, ':')+1:]+" ", 1)
			if !slices.Equal(test[:3], []string{"CMD", "bash", "-c"}) || script == test[3] {
				t.Fatalf("%s: the check is %q", name, test)
			}
			if err := exec.CommandContext(t.Context(), "bash", "-c", script).Run(); (err == nil) != lives {
				t.Errorf("%s: the check of a server with %s: %v", name, path, err)
			}
			server.Close()
		}
	}
}
