app_name = "dossiers"
HERE = "etablissements/<siret:siret>/demandes/"

urlpatterns: list[object] = []
