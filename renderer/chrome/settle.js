// Waits until every font and image of the document is loaded, and answers with
// what is broken, and with what the document refers to outside its own files:
// the browser drops some of that without asking for it.
(async () => {
	if (document.readyState !== "complete") throw new Error("the document is not loaded");
	const own = new URL("/", location.href).href;
	const broken = { fonts: new Set(), images: new Set(), outside: new Set(), elements: new Set() };

	const refer = (reference, from) => {
		if (!reference || reference.startsWith("#")) return;
		let address;
		try {
			address = new URL(reference, from || document.baseURI).href;
		} catch {
			address = reference;
		}
		if (!address.startsWith(own) && !address.startsWith("data:")) broken.outside.add(address.slice(0, 200));
	};
	const referCSS = (text, from) => {
		for (const [, address] of text.matchAll(/url\("((?:[^"\\]|\\.)*)"\)/g)) refer(address, from);
	};
	const referSheet = (sheet) => {
		if (!sheet) return;
		let rules;
		try {
			rules = sheet.cssRules;
		} catch {
			return refer(sheet.href);
		}
		for (const rule of rules) {
			if (rule.type === CSSRule.IMPORT_RULE) {
				refer(rule.href, sheet.href);
				referSheet(rule.styleSheet);
			} else if (rule.cssText.includes("url(")) {
				referCSS(rule.cssText, sheet.href);
			}
		}
	};

	for (const e of document.querySelectorAll("iframe, frame, object, embed, applet, portal, fencedframe, base, meta[http-equiv=refresh i], script")) {
		const name = e.localName;
		if (name !== "script") broken.elements.add(name === "meta" ? "meta refresh" : name);
		else if (!SCRIPTS && /^$|javascript|module|speculationrules/i.test(e.type)) broken.elements.add("script (the template's scripts are off)");
	}
	for (const e of document.querySelectorAll("[src], [poster], [background], [data], [manifest], link[href]")) {
		for (const name of ["src", "poster", "background", "data", "manifest", "href"]) refer(e.getAttribute(name));
	}
	for (const e of document.querySelectorAll("svg :not(a)")) {
		refer(e.getAttribute("href") ?? e.getAttributeNS("http://www.w3.org/1999/xlink", "href"));
		for (const name of ["filter", "mask", "clip-path", "fill", "stroke", "marker-start", "marker-mid", "marker-end"]) {
			const address = e.getAttribute(name)?.match(/url\(\s*["']?([^"')]*)/);
			if (address) refer(address[1]);
		}
	}
	for (const sheet of document.styleSheets) referSheet(sheet);
	for (const e of document.querySelectorAll('[style*="("]')) referCSS(e.style.cssText);

	await Promise.all(Array.from(document.fonts, (f) =>
		f.load().catch(() => broken.fonts.add([f.family, f.weight, f.style].join(" ")))));
	await document.fonts.ready;
	await Promise.all(Array.from(document.images, (i) => {
		i.loading = "eager";
		const address = i.currentSrc || i.src;
		return address && i.decode().catch(() => broken.images.add(address.slice(0, 200)));
	}));
	return Object.fromEntries(Object.entries(broken).map(([name, found]) => [name, [...found].sort()]));
})()
