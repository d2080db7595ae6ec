package dev

import (
	"context"
	"path/filepath"
	"syscall"
	"time"
)

// leftover is a server that may have outlived the coachflow that started it.
type leftover struct {
	pidFile string
	marker  string // stands in its command line, and in no other program's
	signals []syscall.Signal
}

func postgresLeftover(clusterDir string) leftover {
	return leftover{filepath.Join(clusterDir, "postmaster.pid"), clusterDir, []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT}}
}

// temporalLeftover is the dev server of a data directory. One that keeps nothing
// does not name the directory.
func temporalLeftover(dir string, inMemory bool) leftover {
	marker := filepath.Join(dir, "temporal.db")
	if inMemory {
		marker = "start-dev"
	}
	return leftover{filepath.Join(dir, "temporal.pid"), marker, []syscall.Signal{syscall.SIGTERM}}
}

// stop ends the server, and reports whether it ran.
func (l leftover) stop(ctx context.Context) (bool, error) {
	return stopLeftover(ctx, l.pidFile, l.marker, l.signals...)
}

// portPatience is how long the ports of a server that ends may stay taken.
const portPatience = 5 * time.Second

// StopLeftovers ends the servers that a killed coachflow has left running on
// this data directory, and waits until they have given the ports of the block
// free. The death of their parent has told them to stop already, but that takes
// a moment. It must come before Block, which says of a taken port that somebody
// else uses it.
func (d *DataDir) StopLeftovers(ctx context.Context, first int) error {
	cluster, err := clusterDir(d.Path)
	if err != nil {
		return err
	}
	killed := false
	for _, l := range []leftover{postgresLeftover(cluster), temporalLeftover(d.Path, false)} {
		if _, is := readPID(l.pidFile); !is {
			continue // it ended in order, or never ran
		}
		killed = true
		if _, err := l.stop(ctx); err != nil {
			return err
		}
	}
	if !killed {
		return nil
	}
	return awaitBlock(ctx, first)
}

// awaitBlock waits until all ports of a block are free, but not for ever: one
// that somebody else uses is left to Block to name.
func awaitBlock(ctx context.Context, first int) error {
	for deadline := time.Now().Add(portPatience); time.Now().Before(deadline); {
		if _, err := firstTaken(first); err == nil {
			return nil
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}
