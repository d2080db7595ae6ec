package dev

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"syscall"
)

// DefaultFirstPort is where the block of ports begins without --port.
const DefaultFirstPort = 8400

// BlockSize is the number of consecutive ports that one instance of `dev` takes.
const BlockSize = 9

// Ports are the ports of one instance, all on 127.0.0.1.
type Ports struct {
	Web             int // pages, API and /dev/mail
	Temporal        int // gRPC, for clients and workers
	TemporalUI      int
	SMTP            int // the mail sandbox takes mail here
	IMAP            int // and gives it out here
	Postgres        int
	TemporalHTTP    int // Temporal's own HTTP API
	TemporalMetrics int // Temporal's Prometheus metrics
	Metrics         int // coachflow's own
}

// portNames are the fields of Ports in the order of their ports.
var portNames = [BlockSize]string{
	"the web server", "Temporal", "Temporal's UI", "SMTP", "IMAP", "Postgres",
	"Temporal's HTTP API", "Temporal's metrics", "coachflow's metrics",
}

// Block hands out the BlockSize ports from first on. A port that is taken is a
// *SetupError that names it and a block that is free.
func Block(first int) (Ports, error) {
	if first < 1 || first+BlockSize-1 > 65535 {
		return Ports{}, setupErrorf("--port must lie between 1 and %d, since %d ports from there on are used; it is %d.",
			65535-BlockSize+1, BlockSize, first)
	}
	if i, err := firstTaken(first); err != nil {
		return Ports{}, blockError(first, i, err)
	}
	return Ports{
		Web: first, Temporal: first + 1, TemporalUI: first + 2, SMTP: first + 3, IMAP: first + 4,
		Postgres: first + 5, TemporalHTTP: first + 6, TemporalMetrics: first + 7, Metrics: first + 8,
	}, nil
}

// firstTaken returns the place in the block of the first port that cannot be
// listened on, and why.
func firstTaken(first int) (int, error) {
	for i := range BlockSize {
		if err := probePort(first + i); err != nil {
			return i, err
		}
	}
	return 0, nil
}

func blockError(first, i int, cause error) error {
	advice := "choose another block of ports with --port N"
	for other := first + 100; other+BlockSize <= 65535 && other <= first+2000; other += 100 {
		if _, err := firstTaken(other); err == nil {
			advice = fmt.Sprintf("choose another block of ports, for example --port %d", other)
			break
		}
	}
	problem := "is in use"
	if !errors.Is(cause, syscall.EADDRINUSE) {
		problem = "cannot be opened (" + cause.Error() + ")"
	}
	e := setupErrorf("Port %d on 127.0.0.1, for %s, %s: stop what uses it, or %s.",
		first+i, portNames[i], problem, advice)
	e.Err = cause
	return e
}

// probePort reports why port cannot be listened on just now, nil when it can.
func probePort(port int) error {
	listener, err := net.Listen("tcp", loopback(port))
	if err != nil {
		var syscallError syscall.Errno
		if errors.As(err, &syscallError) {
			return syscallError
		}
		return err
	}
	return listener.Close()
}

// FreePorts returns n different ports that were free a moment ago, for tests.
// They lie below the range from which the kernel takes the local ends of
// outgoing connections, and are drawn at random, so that test processes
// running side by side hardly ever draw the same.
func FreePorts(n int) ([]int, error) {
	const low, high = 10_000, 32_000
	ports := make([]int, 0, n)
	seen := make(map[int]bool, n)
	for attempt := 0; len(ports) < n; attempt++ {
		if attempt > 100*(n+1) {
			return nil, fmt.Errorf("no %d free ports between %d and %d", n, low, high)
		}
		port := low + rand.IntN(high-low)
		if seen[port] || probePort(port) != nil {
			continue
		}
		seen[port] = true
		ports = append(ports, port)
	}
	return ports, nil
}

// loopback is the address of a port on 127.0.0.1.
func loopback(port int) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}
