"""Models of rights (« modèles de droits »), the platform's and the establishment's own."""
