package dev

import "syscall"

// endWithParent makes the kernel send sig to the child when its parent dies,
// even by kill -9, so that no server outlives the command that started it.
func endWithParent(attr *syscall.SysProcAttr, sig syscall.Signal) {
	attr.Pdeathsig = sig
}
