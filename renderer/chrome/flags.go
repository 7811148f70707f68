package chrome

import "github.com/chromedp/chromedp"

// Flags returns how the browser is started, as chromedp's options without the
// program and the profile folder, so that a benchmark can drive the same browser
// bare.
func Flags(cfg Config) []chromedp.ExecAllocatorOption {
	options := make([]chromedp.ExecAllocatorOption, 0, len(flags)+1)
	for _, f := range flags {
		options = append(options, chromedp.Flag(f.name, f.value))
	}
	// Said explicitly: chromedp would turn the sandbox off by itself for root.
	return append(options, chromedp.Flag("no-sandbox", cfg.NoSandbox))
}

var flags = []struct {
	name  string
	value any
}{
	{"headless", true},
	{"no-first-run", true},
	{"no-default-browser-check", true},

	// No way out: names resolve to nothing, and what needs no name meets a proxy
	// that does not exist, for loopback addresses too.
	{"host-resolver-rules", "MAP * ~NOTFOUND"},
	{"proxy-server", "http://127.0.0.1:9"},
	{"proxy-bypass-list", "<-loopback>"},
	{"force-webrtc-ip-handling-policy", "disable_non_proxied_udp"},
	{"webrtc-ip-handling-policy", "disable_non_proxied_udp"},
	{"disable-quic", true},
	{"dns-prefetch-disable", true},
	{"no-pings", true},

	// Nothing that the browser does on its own account.
	{"disable-background-networking", true},
	{"disable-breakpad", true},
	{"disable-client-side-phishing-detection", true},
	{"disable-component-update", true},
	{"disable-default-apps", true},
	{"disable-domain-reliability", true},
	{"disable-extensions", true},
	{"disable-sync", true},
	{"metrics-recording-only", true},
	{"safebrowsing-disable-auto-update", true},
	{"disable-features", "Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,SpareRendererForSitePerProcess,InterestFeedContentSuggestions,WebRtcHideLocalIpsWithMdns"},

	// A document is never on a screen.
	{"disable-gpu", true},
	{"hide-scrollbars", true},
	{"mute-audio", true},
	{"disable-dev-shm-usage", true},
	{"disable-background-timer-throttling", true},
	{"disable-backgrounding-occluded-windows", true},
	{"disable-renderer-backgrounding", true},
	{"disable-popup-blocking", false},
	{"disable-prompt-on-repost", true},
	{"force-color-profile", "srgb"},
	{"font-render-hinting", "none"},
	{"password-store", "basic"},
}
