//go:build !linux

package dev

import "syscall"

// endWithParent has no counterpart outside Linux: there a child that outlived
// a killed parent is found and stopped by the next start on the same directory.
func endWithParent(*syscall.SysProcAttr, syscall.Signal) {}
