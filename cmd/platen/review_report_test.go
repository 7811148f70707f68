package main

import "testing"

// What a comparison has found in other documents is told with the code points of what no document shows.
func TestOwnData(t *testing.T) {
	src, err := ownData(reportFinding{ID: "F1", Said: "“5\u00967” became “\u202e5–7”"})
	const want = `{"id":"F1","class":"","what":"","said":"“5⟨U+0096⟩7” became “⟨U+202E⟩5–7”","decision":{"outcome":"","reason":""}}`
	if err != nil || string(src) != want {
		t.Errorf("got  %s, %v\nwant %s", src, err, want)
	}
}
