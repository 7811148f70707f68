package deploy_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"github.com/goccy/go-yaml"
)

const chart = "helm/platen/"

// rendered returns the objects of the chart, by kind and name. It has what Helm's
// templates here use.
func rendered(t *testing.T, change func(values map[string]any)) (map[string]map[string]any, error) {
	t.Helper()
	values := map[string]any{}
	if err := yaml.Unmarshal([]byte(read(t, chart+"values.yaml")), &values); err != nil {
		t.Fatal(err)
	}
	change(values)
	all := template.New("").Option("missingkey=error")
	all.Funcs(template.FuncMap{
		"include": func(name string, data any) (string, error) {
			var b bytes.Buffer
			err := all.ExecuteTemplate(&b, name, data)
			return b.String(), err
		},
		"nindent": func(n int, s string) string {
			indent := "\n" + strings.Repeat(" ", n)
			return indent + strings.ReplaceAll(strings.TrimSpace(s), "\n", indent)
		},
		"toYaml": func(v any) (string, error) { b, err := yaml.Marshal(v); return string(b), err },
		"quote":  func(v any) string { return fmt.Sprintf("%q", fmt.Sprint(v)) },
		"dict": func(pairs ...any) map[string]any {
			return map[string]any{pairs[0].(string): pairs[1], pairs[2].(string): pairs[3]}
		},
		"required": func(why string, v any) (any, error) {
			if v == "" {
				return nil, errors.New(why)
			}
			return v, nil
		},
	})
	files, err := filepath.Glob(chart + "templates/*")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := all.ParseFiles(files...); err != nil {
		t.Fatal(err)
	}
	objects := map[string]map[string]any{}
	for _, file := range files {
		if !strings.HasSuffix(file, ".yaml") {
			continue
		}
		var out bytes.Buffer
		if err := all.ExecuteTemplate(&out, filepath.Base(file), map[string]any{"Values": values, "Release": map[string]any{"Name": "lab"}}); err != nil {
			return nil, err
		}
		for part := range strings.SplitSeq(out.String(), "\n---\n") {
			var o map[string]any
			if err := yaml.Unmarshal([]byte(part), &o); err != nil {
				t.Fatalf("%s: %v\n%s", file, err, part)
			}
			objects[fmt.Sprint(o["kind"], " ", at(o, "metadata", "name"))] = o
		}
	}
	return objects, nil
}

// at returns what stands at a path of names and indexes.
func at(v any, path ...any) any {
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[s]
		case int:
			list, _ := v.([]any)
			if s >= len(list) {
				return nil
			}
			v = list[s]
		}
	}
	return v
}

func needed(values map[string]any) {
	values["bucket"], values["redis"] = "s3://records?endpoint=https://s3.example", "rediss://redis.example:6379/0"
	values["tokens"] = map[string]any{"issuer": "https://id.example", "audience": "platen", "jwks": "https://id.example/keys"}
	values["serviceMonitor"] = true
}

func TestChart(t *testing.T) {
	objects, err := rendered(t, needed)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Service lab", "PodDisruptionBudget lab-api", "PodDisruptionBudget lab-worker", "ServiceMonitor lab-worker"} {
		if objects[name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
	for name, command := range map[string]string{"api": "serve", "worker": "worker"} {
		deployment := objects["Deployment lab-"+name]
		pod := at(deployment, "spec", "template", "spec")
		container := at(pod, "containers", 0)
		for _, want := range []struct {
			in    any
			path  []any
			value any
		}{
			{pod, []any{"automountServiceAccountToken"}, false},
			{pod, []any{"securityContext", "runAsNonRoot"}, true},
			{pod, []any{"securityContext", "runAsUser"}, uint64(10001)},
			{pod, []any{"securityContext", "seccompProfile", "type"}, "Localhost"},
			{pod, []any{"securityContext", "seccompProfile", "localhostProfile"}, "platen/seccomp.json"},
			{container, []any{"securityContext", "readOnlyRootFilesystem"}, true},
			{container, []any{"securityContext", "allowPrivilegeEscalation"}, false},
			{container, []any{"securityContext", "capabilities", "drop", 0}, "ALL"},
			{pod, []any{"initContainers", 0, "securityContext", "readOnlyRootFilesystem"}, true},
			{container, []any{"args", 0}, command},
			{container, []any{"livenessProbe", "httpGet", "path"}, "/livez"},
			{container, []any{"resources", "limits", "memory"}, map[string]any{"api": "1Gi", "worker": "3Gi"}[name]},
		} {
			if got := at(want.in, want.path...); got != want.value {
				t.Errorf("%s: %v is %v, want %v", name, want.path, got, want.value)
			}
		}
		var variables []string
		mounted := fmt.Sprint(at(container, "volumeMounts"))
		for i := 0; at(container, "env", i) != nil; i++ {
			variables = append(variables, at(container, "env", i, "name").(string))
			if file, _ := at(container, "env", i, "value").(string); strings.HasPrefix(file, "/") && !strings.Contains(mounted, "mountPath:"+filepath.Dir(file)+" ") {
				t.Errorf("%s: %s is in no volume of %s", name, file, mounted)
			}
		}
		checkVariables(t, command, variables)
		labels := fmt.Sprint(at(deployment, "spec", "template", "metadata", "labels"))
		if of := fmt.Sprint(at(deployment, "spec", "selector", "matchLabels")); of != labels {
			t.Errorf("%s selects %s, and its pods are %s", name, of, labels)
		}
	}
}

// Time stamps are renewed for all tenants, by a program that has no more than the store.
func TestChartRenews(t *testing.T) {
	objects, err := rendered(t, needed)
	if err != nil {
		t.Fatal(err)
	}
	pod := at(objects["CronJob lab-renew"], "spec", "jobTemplate", "spec", "template", "spec")
	if got := at(pod, "restartPolicy"); got != "Never" || at(pod, "securityContext", "runAsNonRoot") != true {
		t.Errorf("its pod is %v", pod)
	}
	container := at(pod, "containers", 0)
	if got := fmt.Sprint(at(container, "args")); got != "[renew --all-tenants --within 90d --by lab-renew]" || at(container, "securityContext", "readOnlyRootFilesystem") != true {
		t.Errorf("its container is %v", container)
	}
	flags := flagsOf(t, "renew")
	for i := 0; at(container, "env", i) != nil; i++ {
		if name := at(container, "env", i, "name").(string); !flags[name] {
			t.Errorf("%s is set for platen renew, which has no such flag", name)
		}
	}
	for _, name := range []string{"PLATEN_BUCKET", "PLATEN_MASTER_KEY", "PLATEN_ALL_TENANTS", "PLATEN_WITHIN", "PLATEN_BY"} {
		if !flags[name] || strings.HasSuffix(name, "_KEY") && !strings.Contains(fmt.Sprint(at(container, "env")), name) {
			t.Errorf("%s is missing", name)
		}
	}
}

// Without what only its owner knows, the chart is refused with the name of the value.
func TestChartNeeds(t *testing.T) {
	for _, name := range []string{"bucket", "redis", "tokens.issuer", "tokens.jwks"} {
		_, err := rendered(t, func(values map[string]any) {
			needed(values)
			in := values
			path := strings.Split(name, ".")
			if len(path) == 2 {
				in = values[path[0]].(map[string]any)
			}
			in[path[len(path)-1]] = ""
		})
		if err == nil || !strings.Contains(err.Error(), name+": ") {
			t.Errorf("without %s: got %v", name, err)
		}
	}
	objects, err := rendered(t, func(values map[string]any) { needed(values); values["serviceMonitor"] = false })
	if err != nil || objects["ServiceMonitor lab-worker"] != nil {
		t.Errorf("nobody has asked for a ServiceMonitor: %v", err)
	}
}
