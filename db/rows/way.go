package rows

// Way is where the queries go: a transaction, or the pool. Everything else in
// this folder is generated.
func (q *Queries) Way() DBTX { return q.db }
