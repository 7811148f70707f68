package platen_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dicode/platen"
)

func TestDataIsKeptAsWritten(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"digits", `{"a":0.10,"b":1e5,"c":-0,"d":12345678901234567890.12345}`, ""},
		{"key order", `{"z":1,"a":2,"m":[3,{"y":4,"b":5}]}`, ""},
		{"white space goes", " { \"a\" : [ 1 , null , true ] } \n", `{"a":[1,null,true]}`},
		{"escapes are normalised", `"\u0041\/\u00e9<&"`, `"A/é<&"`},
		{"many keys", `{"k00":0,"k01":1,"k02":2,"k03":3,"k04":4,"k05":5,"k06":6,"k07":7,"k08":8,"k09":9,"k10":10,"k11":11,"k12":12,"k13":13}`, ""},
		{"empty", `[{},[],""]`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, err := platen.ParseData([]byte(tt.in), platen.DefaultDataLimits)
			if err != nil {
				t.Fatal(err)
			}
			want := tt.want
			if want == "" {
				want = tt.in
			}
			if got := string(platen.AppendJSON(nil, v)); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestBadDataSaysWhereAndWhy(t *testing.T) {
	limits := platen.DataLimits{Bytes: 200, Depth: 3, Values: 20}
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", "1:1: the JSON text ends in the middle of a value"},
		{"cut off", `{"a": [1, 2`, `1:12: at /a: the JSON text ends in the middle of a value`},
		{"twice the same key", "{\"a\": 1,\n \"b\": {\"lot\": 1, \"lot\": 2}}", "2:18: at /b/lot: the key stands twice in one object"},
		{"trailing comma", `{"a": 1,}`, "1:8: this is not JSON: invalid character ','"},
		{"two values", `{} {}`, "there is more after the end of the value"},
		{"rubbish after", `{} x`, "1:4: "},
		{"too deep", `{"a":[[[1]]]}`, "nested deeper than 3"},
		{"too many values", `{"a":[` + strings.Repeat("0,", 18) + `0]}`, "1:44: at /a/18: there are more than 20 values"},
		{"too large", `"` + strings.Repeat("x", 200) + `"`, "larger than the limit of 200 bytes"},
		{"byte order mark", "\xef\xbb\xbf{}", "byte order mark"},
		{"invalid UTF-8", "{\"a\": \"\xff\"}", "1:"},
		{"lone surrogate", `{"a": "\ud800"}`, "1:"},
		{"not a number", `{"a": 01}`, "1:"},
		{"NaN", `{"a": NaN}`, "1:7: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := platen.ParseData([]byte(tt.in), limits)
			var data *platen.DataError
			if !errors.As(err, &data) || !errors.Is(err, platen.Invalid) {
				t.Fatalf("got %v, want an invalid *DataError", err)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %q\nwant %q in it", err, tt.want)
			}
		})
	}
}

func TestObject(t *testing.T) {
	o := platen.NewObject(platen.Field{Name: "a", Value: "1"}, platen.Field{Name: "b", Value: "2"}, platen.Field{Name: "a", Value: "3"})
	if got := string(platen.AppendJSON(nil, o)); got != `{"a":"3","b":"2"}` {
		t.Errorf("the last of two fields counts: got %s", got)
	}
	if _, ok := o.Get("c"); ok {
		t.Error("found a field that is not there")
	}
	var none *platen.Object
	if _, ok := none.Get("a"); ok || none.Len() != 0 {
		t.Error("a nil object must be empty")
	}
}

func TestRenderKeyDependsOnEveryInput(t *testing.T) {
	base := platen.RenderKey{Contract: "c/1", Bundle: "b", Settings: "s", Data: "d", Issue: platen.IssueBlock{By: "x"}, Engine: platen.Engine{Platen: "1", Browser: "2", Fonts: "3", Zones: "4"}}
	change := map[string]func(*platen.RenderKey){
		"contract": func(k *platen.RenderKey) { k.Contract = "c/2" },
		"bundle":   func(k *platen.RenderKey) { k.Bundle = "b2" },
		"settings": func(k *platen.RenderKey) { k.Settings = "s2" },
		"data":     func(k *platen.RenderKey) { k.Data = "d2" },
		"by":       func(k *platen.RenderKey) { k.Issue.By = "y" },
		"at":       func(k *platen.RenderKey) { k.Issue.At = "2026-01-01T00:00:00Z" },
		"reason":   func(k *platen.RenderKey) { k.Issue.Reason = "r" },
		"copy":     func(k *platen.RenderKey) { k.Issue.Copy, k.Issue.Of = 1, 2 },
		"status":   func(k *platen.RenderKey) { k.Issue.Status = "DRAFT" },
		"platen":   func(k *platen.RenderKey) { k.Engine.Platen = "9" },
		"browser":  func(k *platen.RenderKey) { k.Engine.Browser = "9" },
		"fonts":    func(k *platen.RenderKey) { k.Engine.Fonts = "9" },
		"zones":    func(k *platen.RenderKey) { k.Engine.Zones = "9" },
	}
	if again := base; again.String() != base.String() || len(base.String()) != 64 {
		t.Fatal("the key is not 64 stable digits")
	}
	for name, f := range change {
		k := base
		f(&k)
		if k.String() == base.String() {
			t.Errorf("%s does not change the render key", name)
		}
	}
}

func TestIssueBlock(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   platen.IssueBlock
		want string // part of the error; "" for none
	}{
		{"empty", platen.IssueBlock{}, ""},
		{"whole", platen.IssueBlock{By: "A. Meier", At: "2026-03-01T14:05:00+01:00", Reason: "release", Copy: 1, Of: 3, Status: "EFFECTIVE"}, ""},
		{"no offset", platen.IssueBlock{At: "2026-03-01T14:05:00"}, "issue.at"},
		{"hour of one digit", platen.IssueBlock{At: "2026-03-01T5:05:00Z"}, "issue.at"},
		{"not UTF-8", platen.IssueBlock{Status: "\xff"}, "issue.status"},
		{"copy 4 of 3", platen.IssueBlock{Copy: 4, Of: 3}, "issue.copy"},
		{"copy 0 of 3", platen.IssueBlock{Copy: 0, Of: 3}, "issue.copy"},
	} {
		err := tt.in.Validate()
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.want != "" && (!errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestParseTenantID(t *testing.T) {
	for _, good := range []string{"acme", "a1", "lab-7", strings.Repeat("x", 63)} {
		if _, err := platen.ParseTenantID(good); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{"", "a", "-a", "Acme", "a/b", "../x", "a.b", strings.Repeat("x", 64), "acme\n"} {
		if _, err := platen.ParseTenantID(bad); !errors.Is(err, platen.Invalid) {
			t.Errorf("%q: got %v", bad, err)
		}
	}
}

func TestKindOf(t *testing.T) {
	err := platen.WithKind(platen.Busy, errors.New("all tabs are taken"))
	if platen.KindOf(err) != platen.Busy || err.Error() != "all tabs are taken" {
		t.Errorf("got %q, %v", platen.KindOf(err), err)
	}
	if platen.KindOf(errors.New("x")) != platen.Internal || platen.KindOf(nil) != "" {
		t.Error("an error without a kind is internal, nil has none")
	}
}
