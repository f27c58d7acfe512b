package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"
)

// DefaultAddress is where Serve listens when it is told nothing else.
const DefaultAddress = ":8080"

// Serve answers requests at an address until the context ends; then it lets those under way finish, for ten seconds at most.
func Serve(ctx context.Context, addr string, handler http.Handler, log *slog.Logger) error {
	if addr == "" {
		addr = DefaultAddress
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot listen at %s: %s", addr, listenFault(err))
	}
	return serve(ctx, listener, handler, log)
}

// listenFault says why an address cannot be listened at, and what to do.
func listenFault(err error) string {
	var host *net.DNSError
	var system syscall.Errno
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "another program listens there already; choose another port"
	case errors.Is(err, syscall.EACCES):
		return "the system does not allow it; ports below 1024 often need more rights"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "the host is not this machine"
	case errors.As(err, &host):
		return "there is no host " + host.Name
	case errors.As(err, &system):
		return system.Error()
	}
	return "it is no address of this machine; write it like :8080 or localhost:9000"
}

func serve(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	log.Info("serving", "url", URL(listener.Addr().String()))
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping: requests under way are finished first")
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return err
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// URL returns the address to open in a browser on the same machine for an address to listen at.
func URL(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "http://" + addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}
