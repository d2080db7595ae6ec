package worker

// Prepare prepares once.
var Prepare = prepare
