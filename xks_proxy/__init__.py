"""The XKS door: Strongroom as the proxy of external key stores, AWS's or another Strongroom's."""
