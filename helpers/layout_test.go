package helpers

import "testing"

func TestLayout(t *testing.T) {
	testRows(t, &Env{}, []row{
		{"pageBreak", `[]`, ``, `<div class="platen-page-break" style="break-after:page"></div>`},
		{"pageBreak", `[1]`, ``, "error: 1 argument given, at most 0 taken"},
		{"anchor", `["DEV-1\"><b>"]`, ``, `<span class="platen-anchor" id="DEV-1&#34;&gt;&lt;b&gt;"></span>`},
		{"anchor", `["a b"]`, ``, "error: argument 1 (id) is empty, longer"},
		{"anchor", `[""]`, ``, "error: argument 1 (id) is empty"},
		{"signature", `[{"meaning":"Reviewed","name":"C. <Dahl>","role":"QA","at":"2026-03-01T14:05:09+01:00","userId":"cd7","reason":"ok"}]`, ``,
			`<div class="platen-signature"><p class="platen-signature-meaning">Reviewed</p><p class="platen-signature-name">C. &lt;Dahl&gt;</p>` +
				`<p class="platen-signature-role">QA</p><p class="platen-signature-at"><time datetime="2026-03-01T14:05:09+01:00">1 Mar 2026, 14:05:09 +01:00</time></p>` +
				`<p class="platen-signature-user">cd7</p><p class="platen-signature-reason">ok</p></div>`},
		{"signature", `[{"meaning":"R","name":"D","at":"2026-03-01T14:05:09+01:00"}]`, `{"zone":"UTC","locale":"de"}`,
			`<div class="platen-signature"><p class="platen-signature-meaning">R</p><p class="platen-signature-name">D</p>` +
				`<p class="platen-signature-at"><time datetime="2026-03-01T14:05:09+01:00">1. März 2026, 13:05:09 +00:00</time></p></div>`},
		{"signature", `[{"meaning":"R","at":"2026-03-01T14:05:09+01:00"}]`, ``, "error: argument 1 (signature), name is null"},
		{"signature", `[{"meaning":" ","name":"D","at":"2026-03-01T14:05:09+01:00"}]`, ``, "error: argument 1 (signature), meaning is empty"},
		{"signature", `[{"meaning":"R","name":"D","at":"2026-03-01"}]`, ``, "error: argument 1 (signature), at is text, not a time"},
		{"signature", `[null]`, ``, "error: argument 1 (signature) is null, not an object: give blank=true"},
		{"signature", `[null]`, `{"blank":true,"locale":"fr"}`,
			`<div class="platen-signature platen-signature-blank">` +
				`<p class="platen-signature-line"><span class="platen-signature-label">Nom</span><span class="platen-signature-rule"></span></p>` +
				`<p class="platen-signature-line"><span class="platen-signature-label">Signature</span><span class="platen-signature-rule"></span></p>` +
				`<p class="platen-signature-line"><span class="platen-signature-label">Date</span><span class="platen-signature-rule"></span></p></div>`},
	})
}
