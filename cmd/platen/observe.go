package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/dicode/platen"
)

// observe lets others see how a process is doing that has no API, until what is
// returned is closed: /metrics, /livez, /readyz and /version. It is not ready once ctx
// has ended.
func (s *service) observe(ctx context.Context, listen string, log *slog.Logger) (io.Closer, error) {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, platen.WithKind(platen.Internal, fmt.Errorf("listen on %s: %w: choose another address with --metrics", listen, err))
	}
	if !isLoopback(listen) {
		log.Warn("everybody on the network can see the metrics, which name tenants: let only those who collect them reach this address", "address", listener.Addr().String())
	}
	log.Info("metrics are served", "address", listener.Addr().String())
	server := &http.Server{
		Handler: s.observable(ctx), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	go server.Serve(listener)
	return server, nil
}

// readyTime is how long bucket and dispatcher may take to answer.
const readyTime = 2 * time.Second

func (s *service) observable(working context.Context) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", s.metrics.Handler())
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, "{%q:%q}\n", "version", platen.Version) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTime)
		defer cancel()
		if working.Err() != nil || s.queue.Ready(ctx) != nil {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	return mux
}
