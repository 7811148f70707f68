package chrome_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
)

// patient is the start of a script whose document is not loaded before it has called
// done(text), which is then what the document says: until then it loads one picture after
// the other.
const patient = `
	const said = document.body.appendChild(document.createElement("p")), wait = document.body.appendChild(new Image());
	let n = 0, over = false;
	said.style.cssText = "font-size: 6px; white-space: nowrap";
	const done = text => { said.textContent = text; over = true };
	wait.onload = () => { if (!over && n < 2000) wait.src = "p.png?" + n++ };
	wait.src = "p.png";
	const stored = r => new Promise((ok, no) => { r.onsuccess = () => ok(r.result); r.onerror = no; r.onupgradeneeded = () => r.result.createObjectStore("s") });
`

// leave leaves all that a script can leave behind, and says where its blob is.
const leave = `(async () => {
	localStorage.a = sessionStorage.a = "leak";
	document.cookie = "a=leak; max-age=9999; path=/";
	cookieStore.set("b", "leak");
	window.name = window.leak = "leak";
	history.pushState("leak", "", "?leak"); history.pushState("leak", "", "/");
	const db = await stored(indexedDB.open("leak"));
	await stored(db.transaction("s", "readwrite").objectStore("s").put("leak", "a"));
	await (await caches.open("leak")).put("/leak", new Response("leak"));
	await (await navigator.storage.getDirectory()).getFileHandle("leak", {create: true});
	new BroadcastChannel("leak").postMessage("leak");
	navigator.locks.request("leak", () => new Promise(() => {}));
	performance.mark("leak");
	done("left all, and " + URL.createObjectURL(await (await fetch("p.png")).blob()));
})().catch(e => done("did not leave all: " + e))`

// look says all that a script can see of what another has left.
const look = `(async () => {
	const seen = [localStorage.length, sessionStorage.length, document.cookie, (await cookieStore.getAll()).length, window.name, typeof window.leak, history.length, JSON.stringify(history.state), document.referrer];
	seen.push((await indexedDB.databases()).length, (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length);
	for await (const name of (await navigator.storage.getDirectory()).keys()) seen.push(name);
	const locks = await navigator.locks.query();
	seen.push(locks.held.length, performance.getEntriesByType("mark").length, (await navigator.storage.estimate()).usage);
	done("seen: " + seen.join("|"));
})().catch(e => done("did not see all: " + e))`

// lookAt loads the blob of another document, of which the browser says that there is none.
const lookAt = `const i = new Image(); i.onload = () => done("seen"); i.onerror = () => done("not seen"); i.src = "BLOB"`

// What a document with scripts leaves in a browser, the next one does not see, though it
// has the same address and the same files.
func TestLeftovers(t *testing.T) {
	print := func(p *chrome.Pool, script string) (string, error) {
		m := markup("<script>" + patient + script + "</script>")
		m.Scripts, m.Files = true, map[string][]byte{"p.png": picture(t)}
		pdf, err := p.Print(t.Context(), m)
		if err != nil {
			return "", err
		}
		return strings.Join(strings.Fields(text(t, pdf)), " "), nil
	}
	p := open(t, chrome.Config{Browsers: 1})
	left, err := print(p, leave)
	if err != nil || !strings.HasPrefix(left, "left all") {
		t.Fatalf("got %q, %v", left, err)
	}
	seen, err := print(p, look)
	if err != nil || strings.Contains(seen, "leak") {
		t.Errorf("got %q, %v", seen, err)
	}
	alone, err := print(open(t, chrome.Config{Browsers: 1}), look)
	if err != nil || seen != alone || !strings.HasPrefix(alone, "seen: ") {
		t.Errorf("behind another document it sees %q, alone %q, %v", seen, alone, err)
	}
	blob := strings.Fields(left)[3]
	if got, err := print(p, strings.Replace(lookAt, "BLOB", blob, 1)); !errors.Is(err, platen.Invalid) {
		t.Errorf("a blob of the document before, %s: %q, %v", blob, got, err)
	}
}
