"""What each `kentongan` command does, one module a subject; `deploy.cli` names them."""
