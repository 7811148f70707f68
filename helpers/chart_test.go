package helpers

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
)

// labels are the texts of a drawing, in their order.
func labels(svg platen.HTML) []string {
	var all []string
	for _, m := range regexp.MustCompile(`<text[^>]*>([^<]*)</text>`).FindAllStringSubmatch(string(svg), -1) {
		all = append(all, m[1])
	}
	return all
}

func checkXML(t *testing.T, svg platen.HTML) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
	}
}

const weights = `[[{"at":"2026-03-02T10:00:00+01:00","value":"160.4"},{"at":"2026-03-02T10:30:00+01:00","value":"163.4"},` +
	`{"at":"2026-03-02T12:00:00+01:00","value":"165.10"}]]`

func TestTrend(t *testing.T) {
	got := draw(t, "trend", weights, `{"title":"Weight <1>","time":"at","unit":"mg","target":160,"alert":{"low":"156.8","high":"163.2"},"action":{"low":null,"high":"164.8"}}`)
	checkXML(t, got)
	want := []string{"155", "160", "165", "170", "mg", "2026-03-02 10:00", "2026-03-02 12:00",
		"Action 164.8", "Alert 163.2", "Target 160", "Alert 156.8", "165.10"}
	if diff := cmp.Diff(want, labels(got)); diff != "" {
		t.Errorf("labels: -want +got\n%s", diff)
	}
	for part, n := range map[string]int{
		`role="img" aria-label="Weight &lt;1&gt;. 3 values from 160.4 to 165.10 mg, 2 beyond the alert limits, 1 beyond the action limits."`: 1,
		"<title>Weight &lt;1&gt;</title><desc>3 values": 1,
		"<circle": 1,
		"stroke:var(--platen-chart-alert,#a15c07);stroke-width:275\"": 1,
		"fill:var(--platen-chart-action":                              1,
	} {
		if strings.Count(string(got), part) != n {
			t.Errorf("%q stands %d times, want %d, in\n%s", part, strings.Count(string(got), part), n, got)
		}
	}
	if again := draw(t, "trend", weights, `{"title":"Weight <1>","time":"at","unit":"mg","target":160,"alert":{"low":"156.8","high":"163.2"},"action":{"low":null,"high":"164.8"}}`); again != got {
		t.Error("the same call drew another picture")
	}
}

func TestPointsStandByTheirTime(t *testing.T) {
	got := draw(t, "trend", weights, `{"title":"Weight","time":"at"}`)
	var x [3]int
	points := regexp.MustCompile(`points="(\d+),\d+ (\d+),\d+ (\d+),\d+"`).FindStringSubmatch(string(got))
	for i := range x {
		x[i] = int(mustInt(t, points[i+1]))
	}
	if quarter := (x[2] - x[0]) / 4; abs(x[1]-x[0]-quarter) > 1 {
		t.Errorf("after a quarter of the time the point is at %d between %d and %d", x[1], x[0], x[2])
	}
}

func mustInt(t *testing.T, text string) int64 {
	t.Helper()
	d, err := parseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	n, err := d.Int64()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The number of a point beyond a limit stays inside the plot.
func TestNumbersOfPointsStayInside(t *testing.T) {
	got := string(draw(t, "trend", `[["1.05","5","9.95"]]`, `{"title":"x","action":{"low":"2","high":"9"},"width":60}`))
	for _, part := range []string{`text-anchor="start" direction="ltr">1.05<`, `text-anchor="end" direction="ltr">9.95<`} {
		if !strings.Contains(got, part) {
			t.Errorf("%s is not in %s", part, got)
		}
	}
}

func TestTicks(t *testing.T) {
	tests := []struct{ low, high, want string }{
		{"155.0", "165.1", "150 155 160 165 170"},
		{"0.0011", "0.0020", "0.0010 0.0015 0.0020 0.0025"},
		{"0", "7", "0 2 4 6 8"},
		{"0", "0", "0 1"},
		{"5", "5", "4 5 6"},
		{"7.40", "7.40", "7.39 7.40 7.41"},
		{"-3", "3", "-4 -2 0 2 4"},
		{"-0.1", "7", "-2 0 2 4 6 8"},
		{"-0.001", "0.4", "-0.2 0.0 0.2 0.4 0.6"},
		{"1200000", "1900000", "1000000 1200000 1400000 1600000 1800000 2000000"},
		{"1e90", "1.0000000001e90", ""},
	}
	for _, tt := range tests {
		low, errLow := parseDecimal(tt.low)
		high, errHigh := parseDecimal(tt.high)
		if errLow != nil || errHigh != nil {
			t.Fatal(errLow, errHigh)
		}
		var got []string
		list := ticks(low, high)
		for _, d := range list {
			got = append(got, d.Text('f'))
		}
		if list[0].Cmp(low) > 0 || list[len(list)-1].Cmp(high) < 0 || len(list) > 9 {
			t.Errorf("%s to %s: %d ticks do not hold the numbers", tt.low, tt.high, len(list))
		}
		if tt.want != "" && strings.Join(got, " ") != tt.want {
			t.Errorf("%s to %s: %v, want %s", tt.low, tt.high, got, tt.want)
		}
	}
}

func TestBoxesCoverTheDarkModules(t *testing.T) {
	rows := []string{"##.#", "##.#", "#..#", "..##"}
	dark := func(x, y int) bool { return rows[y][x] == '#' }
	got := boxes(4, 4, dark)
	want := []box{{0, 0, 2, 2}, {3, 0, 1, 3}, {0, 2, 1, 1}, {2, 3, 2, 1}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(box{})); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestGraphics(t *testing.T) {
	spark := draw(t, "sparkline", `[["7.2","7.9","7.30"]]`, `{"limits":{"high":"7.5"}}`)
	checkXML(t, spark)
	for _, part := range []string{`aria-label="3 values from 7.2 to 7.9, the last is 7.30"`, "<circle", "platen-chart-action"} {
		if !strings.Contains(string(spark), part) {
			t.Errorf("%s is not in %s", part, spark)
		}
	}
	checked, unchecked := draw(t, "checkbox", `[true]`, ``), draw(t, "checkbox", `[false]`, `{"uncheckedAlt":"no"}`)
	checkXML(t, checked)
	if !strings.Contains(string(checked), `aria-label="checked"`) || !strings.Contains(string(unchecked), `aria-label="no"`) || checked == unchecked {
		t.Errorf("checked %s, unchecked %s", checked, unchecked)
	}
	many := `[[` + strings.Repeat("1,", maxPoints) + `1]]`
	testRows(t, &Env{}, []row{
		{"checkbox", `[null]`, ``, "error: argument 1 (checked) is null, not true or false"},
		{"checkbox", `["false"]`, ``, "error: argument 1 (checked) is text"},
		{"trend", `[[]]`, `{"title":"x"}`, "error: argument 1 (points) is an empty list"},
		{"trend", `[[1]]`, ``, "error: the option title= is missing"},
		{"trend", `[[1]]`, `{"title":" "}`, "error: title= is empty"},
		{"trend", `[[{"v":1}]]`, `{"title":"x"}`, "error: argument 1 (points), item 0, value does not exist"},
		{"trend", `[[{"value":"n/a"}]]`, `{"title":"x"}`, "error: argument 1 (points), item 0, value is text that is not a number"},
		{"trend", `[[1]]`, `{"title":"x","action":5}`, "error: action= is a number, not an object with low and high"},
		{"trend", `[[1]]`, `{"title":"x","action":{}}`, "error: action= has neither low nor high"},
		{"trend", `[[1]]`, `{"title":"x","alert":{"low":2,"high":1}}`, "error: alert= has a low that is greater than its high"},
		{"trend", `[[{"value":1,"t":"2026-03-02"},{"value":1,"t":"2026-03-01"}]]`, `{"title":"x","time":"t"}`, "error: item 1, t is before the point in front of it"},
		{"trend", `[[{"value":1,"t":"2026-03-02"},{"value":1,"t":"2026-03-02T10:00:00Z"}]]`, `{"title":"x","time":"t"}`, "error: some points have a time and some a date"},
		{"trend", `[[{"value":1,"t":"noon"}]]`, `{"title":"x","time":"t"}`, "error: item 0, t is not a time"},
		{"trend", many, `{"title":"x"}`, "error: a chart takes at most 5000"},
		{"sparkline", `["x"]`, ``, "error: argument 1 (values) is text, not a list"},
	})
}
