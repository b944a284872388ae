<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About walt</source>
        <translation>À propos de walt</translation>
    </message>
    <message>
        <source>walt</source>
        <translation>walt</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>Licences</translation>
    </message>
    <message>
        <source>Copy Diagnostics</source>
        <translation>Copier le diagnostic</translation>
    </message>
    <message>
        <source>Short clips from a prompt or a picture, made on your own computer.</source>
        <translation>De courts clips à partir d’une description ou d’une image, créés sur votre propre ordinateur.</translation>
    </message>
    <message>
        <source>An implementation of W.A.L.T, the Window Attention Latent Transformer of Gupta and others (2023), with models trained by this project. It works offline and sends nothing anywhere.</source>
        <translation>Une implémentation de W.A.L.T, le Window Attention Latent Transformer de Gupta et ses collègues (2023), avec des modèles entraînés par ce projet. walt fonctionne hors ligne et n’envoie rien nulle part.</translation>
    </message>
    <message>
        <source>walt and its starter pack are under the Apache License 2.0.</source>
        <translation>walt et son modèle de départ sont sous licence Apache 2.0.</translation>
    </message>
    <message>
        <source>PyAV&apos;s binary carries x264 and x265: a bundle that includes it is passed on under the terms of the GPLv3.</source>
        <translation>Le binaire de PyAV contient x264 et x265&#xa0;: un paquet qui l’inclut se redistribue aux conditions de la GPLv3.</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Fichier</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Édition</translation>
    </message>
    <message>
        <source>&amp;Clip</source>
        <translation>&amp;Clip</translation>
    </message>
    <message>
        <source>F&amp;ilm</source>
        <translation>Fil&amp;m</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Affichage</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>A&amp;ide</translation>
    </message>
    <message>
        <source>Open Picture or Video…</source>
        <translation>Ouvrir une image ou une vidéo…</translation>
    </message>
    <message>
        <source>New Film</source>
        <translation>Nouveau film</translation>
    </message>
    <message>
        <source>Open Film…</source>
        <translation>Ouvrir un film…</translation>
    </message>
    <message>
        <source>Save Film</source>
        <translation>Enregistrer le film</translation>
    </message>
    <message>
        <source>Save Film As…</source>
        <translation>Enregistrer le film sous…</translation>
    </message>
    <message>
        <source>Export Clip…</source>
        <translation>Exporter le clip…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Quitter</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Rétablir</translation>
    </message>
    <message>
        <source>Paste Picture</source>
        <translation>Coller une image</translation>
    </message>
    <message>
        <source>Remove Picture</source>
        <translation>Retirer l’image</translation>
    </message>
    <message>
        <source>Find Clip</source>
        <translation>Chercher un clip</translation>
    </message>
    <message>
        <source>New Seed</source>
        <translation>Nouvelle graine</translation>
    </message>
    <message>
        <source>Preferences…</source>
        <translation>Préférences…</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>Générer</translation>
    </message>
    <message>
        <source>Generate Next</source>
        <translation>Générer en premier</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Pause Queue</source>
        <translation>Suspendre la file d’attente</translation>
    </message>
    <message>
        <source>Show Clip in Progress</source>
        <translation>Afficher le clip en cours</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Lire</translation>
    </message>
    <message>
        <source>Previous Frame</source>
        <translation>Image précédente</translation>
    </message>
    <message>
        <source>Next Frame</source>
        <translation>Image suivante</translation>
    </message>
    <message>
        <source>First Frame</source>
        <translation>Première image</translation>
    </message>
    <message>
        <source>Last Frame</source>
        <translation>Dernière image</translation>
    </message>
    <message>
        <source>Play Backwards</source>
        <translation>Lire à rebours</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Play Forwards</source>
        <translation>Lire en avant</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>En boucle</translation>
    </message>
    <message>
        <source>Set In Point</source>
        <translation>Marquer le début</translation>
    </message>
    <message>
        <source>Set Out Point</source>
        <translation>Marquer la fin</translation>
    </message>
    <message>
        <source>Clear In and Out</source>
        <translation>Effacer début et fin</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Continuer</translation>
    </message>
    <message>
        <source>New Take with Another Seed</source>
        <translation>Nouvelle prise avec une autre graine</translation>
    </message>
    <message>
        <source>Add Clip to Film</source>
        <translation>Ajouter le clip au film</translation>
    </message>
    <message>
        <source>Split at Playhead</source>
        <translation>Couper à la tête de lecture</translation>
    </message>
    <message>
        <source>Trim Start to Playhead</source>
        <translation>Rogner le début jusqu’ici</translation>
    </message>
    <message>
        <source>Trim End to Playhead</source>
        <translation>Rogner la fin à partir d’ici</translation>
    </message>
    <message>
        <source>Delete Segment</source>
        <translation>Supprimer le segment</translation>
    </message>
    <message>
        <source>Move Earlier</source>
        <translation>Déplacer avant</translation>
    </message>
    <message>
        <source>Move Later</source>
        <translation>Déplacer après</translation>
    </message>
    <message>
        <source>Previous Segment</source>
        <translation>Segment précédent</translation>
    </message>
    <message>
        <source>Next Segment</source>
        <translation>Segment suivant</translation>
    </message>
    <message>
        <source>Show Stage 1</source>
        <translation>Afficher le niveau 1</translation>
    </message>
    <message>
        <source>Show Stage 2</source>
        <translation>Afficher le niveau 2</translation>
    </message>
    <message>
        <source>Show Stage 3</source>
        <translation>Afficher le niveau 3</translation>
    </message>
    <message>
        <source>Compare Stages</source>
        <translation>Comparer les niveaux</translation>
    </message>
    <message>
        <source>Move Divider Left</source>
        <translation>Déplacer le séparateur à gauche</translation>
    </message>
    <message>
        <source>Move Divider Right</source>
        <translation>Déplacer le séparateur à droite</translation>
    </message>
    <message>
        <source>Actual Size, 100 %</source>
        <translation>Taille réelle, 100&#xa0;%</translation>
    </message>
    <message>
        <source>Full Screen</source>
        <translation>Plein écran</translation>
    </message>
    <message>
        <source>Clip</source>
        <translation>Clip</translation>
    </message>
    <message>
        <source>Film</source>
        <translation>Film</translation>
    </message>
    <message>
        <source>Zoom In Timeline</source>
        <translation>Zoom avant sur le montage</translation>
    </message>
    <message>
        <source>Zoom Out Timeline</source>
        <translation>Zoom arrière sur le montage</translation>
    </message>
    <message>
        <source>Fit Timeline</source>
        <translation>Ajuster le montage à la fenêtre</translation>
    </message>
    <message>
        <source>Composer</source>
        <translation>Composition</translation>
    </message>
    <message>
        <source>Library and Queue</source>
        <translation>Bibliothèque et file d’attente</translation>
    </message>
    <message>
        <source>System Colours</source>
        <translation>Couleurs du système</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Sombre</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Clair</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Aide</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Raccourcis</translation>
    </message>
    <message>
        <source>Packs…</source>
        <translation>Modèles…</translation>
    </message>
    <message>
        <source>Finetune a Pack…</source>
        <translation>Affiner un modèle…</translation>
    </message>
    <message>
        <source>Copy Diagnostics</source>
        <translation>Copier le diagnostic</translation>
    </message>
    <message>
        <source>About walt</source>
        <translation>À propos de walt</translation>
    </message>
</context>
<context>
    <name>Advanced</name>
    <message>
        <source>Size</source>
        <translation>Taille</translation>
    </message>
    <message>
        <source>Smaller sizes skip the last stages and take less memory and time</source>
        <translation>Les petites tailles omettent les derniers niveaux et demandent moins de mémoire et de temps</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Étapes</translation>
    </message>
    <message>
        <source>Denoising steps of the first stage; the other stages scale with it</source>
        <translation>Étapes de débruitage du premier niveau&#xa0;; les autres suivent en proportion</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>Guidage</translation>
    </message>
    <message>
        <source>How closely the clip follows the prompt; high values give harsh, oversaturated pictures</source>
        <translation>À quel point le clip suit la description&#xa0;; une valeur élevée donne une image dure et saturée</translation>
    </message>
    <message>
        <source>Reset to the preset</source>
        <translation>Revenir au préréglage</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
</context>
<context>
    <name>BaseDialog</name>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
</context>
<context>
    <name>Chips</name>
    <message>
        <source>Walk</source>
        <translation>Marcher</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Courir</translation>
    </message>
    <message>
        <source>Fly</source>
        <translation>Voler</translation>
    </message>
    <message>
        <source>Swim</source>
        <translation>Nager</translation>
    </message>
    <message>
        <source>Adds “{0}” to the prompt</source>
        <translation>Ajoute «&#xa0;{0}&#xa0;» à la description</translation>
    </message>
</context>
<context>
    <name>ClipDetails</name>
    <message>
        <source>Of a photograph, the pixels are its own; the camera&apos;s motion is the model&apos;s</source>
        <translation>D’une photo, les pixels sont les siens ; le mouvement de caméra vient du modèle</translation>
    </message>
    <message>
        <source>seed {0}</source>
        <translation>graine {0}</translation>
    </message>
</context>
<context>
    <name>CloseGuard</name>
    <message>
        <source>Close walt</source>
        <translation>Fermer walt</translation>
    </message>
    <message>
        <source>A clip is being made. Stop it and close?</source>
        <translation>Un clip est en cours. L’arrêter et fermer&#xa0;?</translation>
    </message>
    <message>
        <source>You can try it again next time. Clips that wait in the queue stay there.</source>
        <translation>Vous pourrez le relancer la prochaine fois. Les clips en attente restent dans la file.</translation>
    </message>
    <message>
        <source>A pack is being finetuned. Stop it and close?</source>
        <translation>Un modèle est en cours d’affinage. L’arrêter et fermer&#xa0;?</translation>
    </message>
    <message>
        <source>If you start it again with the same files and the same name, it continues where it stopped.</source>
        <translation>Si vous le relancez avec les mêmes fichiers et le même nom, il reprendra là où il s’est arrêté.</translation>
    </message>
    <message>
        <source>Stop and Close</source>
        <translation>Arrêter et fermer</translation>
    </message>
    <message>
        <source>Keep Working</source>
        <translation>Continuer le travail</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>A horse walking on the beach at sunset</source>
        <translation>Un cheval qui marche sur la plage au coucher du soleil</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Description</translation>
    </message>
    <message>
        <source>What it knows</source>
        <translation>Lexique</translation>
    </message>
    <message>
        <source>The words that the model knows</source>
        <translation>Les mots que le modèle connaît</translation>
    </message>
    <message>
        <source>Negative prompt</source>
        <translation>À éviter</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>Réglages avancés</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>Générer</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>Exemples</translation>
    </message>
    <message>
        <source>Example prompts</source>
        <translation>Exemples de descriptions</translation>
    </message>
    <message>
        <source>What should not be in the clip</source>
        <translation>Ce qui ne doit pas être dans le clip</translation>
    </message>
    <message>
        <source>Motion and camera</source>
        <translation>Mouvement et caméra</translation>
    </message>
    <message>
        <source>First frame</source>
        <translation>Première image</translation>
    </message>
    <message>
        <source>Camera move</source>
        <translation>Mouvement de caméra</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Durée</translation>
    </message>
    <message>
        <source>Variations</source>
        <translation>Variantes</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Qualité</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Graine</translation>
    </message>
    <message>
        <source>No words needed: the camera moves gently</source>
        <translation>Sans texte aussi : la caméra bouge doucement</translation>
    </message>
    <message>
        <source>{0} does not know “{1}”; it will have no effect.</source>
        <translation>{0} ne connaît pas «&#xa0;{1}&#xa0;»&#xa0;: ce mot n’aura aucun effet.</translation>
    </message>
    <message>
        <source>{0} does not know “{1}”; it will have no effect. Did you mean “{2}”?</source>
        <translation>{0} ne connaît pas «&#xa0;{1}&#xa0;»&#xa0;: ce mot n’aura aucun effet. Vouliez-vous dire «&#xa0;{2}&#xa0;»&#xa0;?</translation>
    </message>
</context>
<context>
    <name>CropView</name>
    <message>
        <source>Part of the picture that is used</source>
        <translation>Partie de l’image utilisée</translation>
    </message>
    <message>
        <source>Arrow keys move it, plus and minus resize it, 0 resets it</source>
        <translation>Les flèches la déplacent, plus et moins changent sa taille, 0 la réinitialise</translation>
    </message>
    <message>
        <source>Scroll to zoom in</source>
        <translation>Molette pour zoomer</translation>
    </message>
    <message>
        <source>Drag to move, scroll to zoom, double-click to reset</source>
        <translation>Glisser pour déplacer, molette pour zoomer, double-clic pour réinitialiser</translation>
    </message>
</context>
<context>
    <name>Days</name>
    <message>
        <source>Today</source>
        <translation>Aujourd’hui</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>Hier</translation>
    </message>
</context>
<context>
    <name>Dialogs</name>
    <message>
        <source>Finetuning is done: the new pack is installed and in use.</source>
        <translation>L’affinage est terminé&#xa0;: le nouveau modèle est installé et utilisé.</translation>
    </message>
    <message>
        <source>Diagnostics were copied to the clipboard. They contain no prompts.</source>
        <translation>Le diagnostic a été copié dans le presse-papiers. Il ne contient aucune description.</translation>
    </message>
</context>
<context>
    <name>DropZone</name>
    <message>
        <source>Picture for the first frame</source>
        <translation>Image de départ</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>Parcourir…</translation>
    </message>
    <message>
        <source>Start from its last frame</source>
        <translation>Partir de sa dernière image</translation>
    </message>
    <message>
        <source>Remove the picture</source>
        <translation>Retirer l’image</translation>
    </message>
    <message>
        <source>Drop a picture, or paste it</source>
        <translation>Déposez une image, ou collez-la</translation>
    </message>
    <message>
        <source>Reading the picture…</source>
        <translation>Lecture de l’image…</translation>
    </message>
    <message>
        <source>Only the bright part is used</source>
        <translation>Seule la partie claire est utilisée</translation>
    </message>
    <message>
        <source>The whole picture is used</source>
        <translation>L’image entière est utilisée</translation>
    </message>
    <message>
        <source>The clip starts with this frame</source>
        <translation>Le clip commence par cette image</translation>
    </message>
    <message>
        <source>Made by walt</source>
        <translation>Fait avec walt</translation>
    </message>
    <message>
        <source>Its prompt, settings and seed were loaded</source>
        <translation>Sa description, ses réglages et sa graine ont été repris</translation>
    </message>
</context>
<context>
    <name>Edits</name>
    <message>
        <source>Continue</source>
        <translation>Continuer</translation>
    </message>
    <message>
        <source>Add Clip</source>
        <translation>Ajouter le clip</translation>
    </message>
    <message>
        <source>New Take</source>
        <translation>Nouvelle prise</translation>
    </message>
    <message>
        <source>Delete Segment</source>
        <translation>Supprimer le segment</translation>
    </message>
    <message>
        <source>Move Segment</source>
        <translation>Déplacer le segment</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>Couper</translation>
    </message>
    <message>
        <source>Trim</source>
        <translation>Rogner</translation>
    </message>
    <message>
        <source>New Film</source>
        <translation>Nouveau film</translation>
    </message>
</context>
<context>
    <name>EmptyView</name>
    <message>
        <source>Stopped</source>
        <translation>Arrêté</translation>
    </message>
    <message>
        <source>What should happen?</source>
        <translation>Que doit-il se passer&#xa0;?</translation>
    </message>
    <message>
        <source>No stage was finished yet. Generate again, or start with one of these.</source>
        <translation>Aucun niveau n’était encore terminé. Relancez, ou partez de l’un de ces exemples.</translation>
    </message>
    <message>
        <source>Write a prompt on the left, or start with one of these.</source>
        <translation>Écrivez une description à gauche, ou partez de l’un de ces exemples.</translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>Choose another picture.</source>
        <translation>Choisissez une autre image.</translation>
    </message>
    <message>
        <source>The picture no longer exists.</source>
        <translation>L’image n’existe plus.</translation>
    </message>
    <message>
        <source>The picture is damaged or cannot be read.</source>
        <translation>L’image est abîmée ou illisible.</translation>
    </message>
    <message>
        <source>The picture is too large.</source>
        <translation>L’image est trop grande.</translation>
    </message>
    <message>
        <source>walt cannot open this file.</source>
        <translation>walt ne peut pas ouvrir ce fichier.</translation>
    </message>
    <message>
        <source>PNG, JPEG, WebP, BMP, TIFF and GIF work, and videos.</source>
        <translation>PNG, JPEG, WebP, BMP, TIFF, GIF et vidéos conviennent.</translation>
    </message>
    <message>
        <source>One picture at a time, please.</source>
        <translation>Une image à la fois, s’il vous plaît.</translation>
    </message>
    <message>
        <source>This is a link, not a picture.</source>
        <translation>Ceci est un lien, pas une image.</translation>
    </message>
    <message>
        <source>Save the picture, then drop the file.</source>
        <translation>Enregistrez l’image, puis déposez le fichier.</translation>
    </message>
    <message>
        <source>This contains no picture.</source>
        <translation>Il n’y a pas d’image là-dedans.</translation>
    </message>
    <message>
        <source>PNG, JPEG and WebP work, and videos.</source>
        <translation>PNG, JPEG, WebP et vidéos conviennent.</translation>
    </message>
    <message>
        <source>The pasted picture could not be saved.</source>
        <translation>L’image collée n’a pas pu être enregistrée.</translation>
    </message>
    <message>
        <source>Check the free disk space.</source>
        <translation>Vérifiez l’espace disque disponible.</translation>
    </message>
    <message>
        <source>The clip no longer exists.</source>
        <translation>Le clip n’existe plus.</translation>
    </message>
    <message>
        <source>The clip is damaged or is not a video.</source>
        <translation>Le clip est abîmé ou n’est pas une vidéo.</translation>
    </message>
    <message>
        <source>The clip is too long to open at once.</source>
        <translation>Le clip est trop long pour être ouvert d’un coup.</translation>
    </message>
    <message>
        <source>Cut it into shorter clips.</source>
        <translation>Coupez-le en clips plus courts.</translation>
    </message>
    <message>
        <source>The clip has too few frames to be continued from there.</source>
        <translation>Le clip a trop peu d’images pour être continué à partir de là.</translation>
    </message>
    <message>
        <source>Install it again.</source>
        <translation>Installez-le à nouveau.</translation>
    </message>
    <message>
        <source>This pack is not installed.</source>
        <translation>Ce modèle n’est pas installé.</translation>
    </message>
    <message>
        <source>Choose another one in Help &gt; Packs.</source>
        <translation>Choisissez-en un autre dans Aide &gt; Modèles.</translation>
    </message>
    <message>
        <source>The pack is damaged.</source>
        <translation>Le modèle est abîmé.</translation>
    </message>
    <message>
        <source>The pack&apos;s vocabulary cannot be read.</source>
        <translation>Le vocabulaire du modèle est illisible.</translation>
    </message>
    <message>
        <source>The pack was made for a newer walt.</source>
        <translation>Le modèle est fait pour un walt plus récent.</translation>
    </message>
    <message>
        <source>Update walt.</source>
        <translation>Mettez walt à jour.</translation>
    </message>
    <message>
        <source>A pack with this name is installed already.</source>
        <translation>Un modèle de ce nom est déjà installé.</translation>
    </message>
    <message>
        <source>This pack is part of walt and cannot be removed.</source>
        <translation>Ce modèle fait partie de walt et ne peut pas être supprimé.</translation>
    </message>
    <message>
        <source>This is not a pack.</source>
        <translation>Ce n’est pas un modèle.</translation>
    </message>
    <message>
        <source>A pack is a folder with a manifest.json, or such a folder in a zip archive.</source>
        <translation>Un modèle est un dossier avec un manifest.json, ou un tel dossier dans une archive zip.</translation>
    </message>
    <message>
        <source>The archive is refused: it is not safe to unpack.</source>
        <translation>L’archive est refusée&#xa0;: elle n’est pas sûre.</translation>
    </message>
    <message>
        <source>Get the pack from its authors again.</source>
        <translation>Redemandez le modèle à ses auteurs.</translation>
    </message>
    <message>
        <source>The model knows none of the words in this prompt.</source>
        <translation>Le modèle ne connaît aucun mot de cette description.</translation>
    </message>
    <message>
        <source>Help &gt; Packs lists the words that it knows.</source>
        <translation>Aide &gt; Modèles donne la liste des mots qu’il connaît.</translation>
    </message>
    <message>
        <source>The pack does not support this shape.</source>
        <translation>Le modèle ne prend pas en charge ce format.</translation>
    </message>
    <message>
        <source>The pack does not support this size.</source>
        <translation>Le modèle ne prend pas en charge cette taille.</translation>
    </message>
    <message>
        <source>The pack cannot make such a clip.</source>
        <translation>Ce pack ne sait pas faire un tel clip.</translation>
    </message>
    <message>
        <source>Change the settings, or choose another in Help, Packs.</source>
        <translation>Changez les réglages, ou choisissez-en un autre dans Aide, Packs.</translation>
    </message>
    <message>
        <source>Let the download end, or get the model again.</source>
        <translation>Laissez le téléchargement se terminer, ou récupérez de nouveau le modèle.</translation>
    </message>
    <message>
        <source>This is not the folder of an open model.</source>
        <translation>Ce n’est pas le dossier d’un modèle ouvert.</translation>
    </message>
    <message>
        <source>Choose the folder in diffusers’ format that holds a model_index.json.</source>
        <translation>Choisissez le dossier au format diffusers qui contient un model_index.json.</translation>
    </message>
    <message>
        <source>The model is refused: it contains or needs code of its own.</source>
        <translation>Le modèle est refusé : il contient ou exige son propre code.</translation>
    </message>
    <message>
        <source>Get it as safetensors, in diffusers’ plain format.</source>
        <translation>Récupérez-le en safetensors, au format simple de diffusers.</translation>
    </message>
    <message>
        <source>A file of the model is missing or incomplete.</source>
        <translation>Un fichier du modèle manque ou est incomplet.</translation>
    </message>
    <message>
        <source>A file of the model has changed or is damaged.</source>
        <translation>Un fichier du modèle a changé ou est abîmé.</translation>
    </message>
    <message>
        <source>walt does not know models of this kind.</source>
        <translation>walt ne connaît pas ce type de modèle.</translation>
    </message>
    <message>
        <source>A walt.json in its folder can describe it: see docs/open-models.md.</source>
        <translation>Un walt.json dans son dossier peut le décrire : voir docs/open-models.md.</translation>
    </message>
    <message>
        <source>The settings of this model are not valid.</source>
        <translation>Les réglages de ce modèle ne sont pas valides.</translation>
    </message>
    <message>
        <source>Correct the walt.json in its folder.</source>
        <translation>Corrigez le walt.json de son dossier.</translation>
    </message>
    <message>
        <source>The model is not where it was.</source>
        <translation>Le modèle n’est plus à sa place.</translation>
    </message>
    <message>
        <source>Connect its disk, or link it again where it is now.</source>
        <translation>Branchez son disque, ou liez-le de nouveau là où il est.</translation>
    </message>
    <message>
        <source>The model made something else than was asked for.</source>
        <translation>Le modèle a produit autre chose que ce qui était demandé.</translation>
    </message>
    <message>
        <source>What runs open models is not installed.</source>
        <translation>Ce qui fait tourner les modèles ouverts n’est pas installé.</translation>
    </message>
    <message>
        <source>Install it with: pip install &apos;walt[open]&apos;</source>
        <translation>Installez-le avec : pip install &apos;walt[open]&apos;</translation>
    </message>
    <message>
        <source>The installed diffusers does not know this model.</source>
        <translation>La version installée de diffusers ne connaît pas ce modèle.</translation>
    </message>
    <message>
        <source>Update it with: pip install --upgrade &apos;walt[open]&apos;</source>
        <translation>Mettez-la à jour avec : pip install --upgrade &apos;walt[open]&apos;</translation>
    </message>
    <message>
        <source>The model hub cannot be reached.</source>
        <translation>Le dépôt de modèles est injoignable.</translation>
    </message>
    <message>
        <source>Check the connection, then try again: it goes on where it stopped.</source>
        <translation>Vérifiez la connexion, puis réessayez : le téléchargement reprendra où il s’est arrêté.</translation>
    </message>
    <message>
        <source>The hub has no such model.</source>
        <translation>Le dépôt n’a pas ce modèle.</translation>
    </message>
    <message>
        <source>Check the name.</source>
        <translation>Vérifiez le nom.</translation>
    </message>
    <message>
        <source>The authors of this model want to know who downloads it.</source>
        <translation>Les auteurs de ce modèle veulent savoir qui le télécharge.</translation>
    </message>
    <message>
        <source>Get it from its page on the hub, then link its folder.</source>
        <translation>Récupérez-le depuis sa page sur le dépôt, puis liez son dossier.</translation>
    </message>
    <message>
        <source>walt knows no model of this name.</source>
        <translation>walt ne connaît aucun modèle de ce nom.</translation>
    </message>
    <message>
        <source>Choose one of the list, or name its repository: owner/name.</source>
        <translation>Choisissez-en un dans la liste, ou indiquez son dépôt : propriétaire/nom.</translation>
    </message>
    <message>
        <source>A file came damaged.</source>
        <translation>Un fichier est arrivé abîmé.</translation>
    </message>
    <message>
        <source>Try again; what came before is kept.</source>
        <translation>Réessayez ; ce qui est déjà arrivé est conservé.</translation>
    </message>
    <message>
        <source>The model’s numbers overflowed.</source>
        <translation>Les nombres du modèle ont débordé.</translation>
    </message>
    <message>
        <source>Try another seed or fewer steps.</source>
        <translation>Essayez une autre graine ou moins d’étapes.</translation>
    </message>
    <message>
        <source>The model made a clip of a single colour.</source>
        <translation>Le modèle a produit un clip d’une seule couleur.</translation>
    </message>
    <message>
        <source>The file cannot be written there.</source>
        <translation>Impossible d’écrire le fichier à cet endroit.</translation>
    </message>
    <message>
        <source>Check the free space and the permissions, or choose another folder.</source>
        <translation>Vérifiez l’espace libre et les droits d’accès, ou choisissez un autre dossier.</translation>
    </message>
    <message>
        <source>A file with this name already exists.</source>
        <translation>Un fichier de ce nom existe déjà.</translation>
    </message>
    <message>
        <source>This file belongs to the library, and would be lost.</source>
        <translation>Ce fichier appartient à la bibliothèque et serait perdu.</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>Choisissez un autre nom.</translation>
    </message>
    <message>
        <source>This user has no folder for walt&apos;s files.</source>
        <translation>Cet utilisateur n’a pas de dossier pour les fichiers de walt.</translation>
    </message>
    <message>
        <source>Set HOME to an absolute path.</source>
        <translation>Donnez à HOME un chemin absolu.</translation>
    </message>
    <message>
        <source>There is no screen that the window could be opened on.</source>
        <translation>Aucun écran ne permet d’ouvrir la fenêtre.</translation>
    </message>
    <message>
        <source>The clip could not be encoded.</source>
        <translation>Le clip n’a pas pu être encodé.</translation>
    </message>
    <message>
        <source>Try again.</source>
        <translation>Réessayez.</translation>
    </message>
    <message>
        <source>This format cannot be written on this computer.</source>
        <translation>Ce format ne peut pas être écrit sur cet ordinateur.</translation>
    </message>
    <message>
        <source>The preferences cannot be saved.</source>
        <translation>Les préférences ne peuvent pas être enregistrées.</translation>
    </message>
    <message>
        <source>The library cannot be opened.</source>
        <translation>Impossible d’ouvrir la bibliothèque.</translation>
    </message>
    <message>
        <source>walt cannot write to the library.</source>
        <translation>walt ne peut pas écrire dans la bibliothèque.</translation>
    </message>
    <message>
        <source>The library was made by a newer walt.</source>
        <translation>La bibliothèque vient d’un walt plus récent.</translation>
    </message>
    <message>
        <source>There is no trash on this disk.</source>
        <translation>Il n’y a pas de corbeille sur ce disque.</translation>
    </message>
    <message>
        <source>The trash was emptied: the clip is gone.</source>
        <translation>La corbeille a été vidée&#xa0;: le clip n’existe plus.</translation>
    </message>
    <message>
        <source>The library&apos;s database is damaged.</source>
        <translation>La base de la bibliothèque est endommagée.</translation>
    </message>
    <message>
        <source>Only clips from the library can be added to a film.</source>
        <translation>Seuls les clips de la bibliothèque peuvent être ajoutés à un film.</translation>
    </message>
    <message>
        <source>Drop the video on the composer to start a new clip from one of its frames.</source>
        <translation>Déposez la vidéo sur la composition pour démarrer un nouveau clip à partir de l’une de ses images.</translation>
    </message>
    <message>
        <source>This part is still being made.</source>
        <translation>Ce passage est encore en cours de création.</translation>
    </message>
    <message>
        <source>Continue it when it is done.</source>
        <translation>Continuez-le quand il sera terminé.</translation>
    </message>
    <message>
        <source>This pack cannot continue clips.</source>
        <translation>Ce modèle ne peut pas prolonger de clips.</translation>
    </message>
    <message>
        <source>This clip does not contain the settings it was made with.</source>
        <translation>Ce clip ne contient pas les réglages avec lesquels il a été fait.</translation>
    </message>
    <message>
        <source>Only clips made by walt can be generated again.</source>
        <translation>Seuls les clips créés par walt peuvent être générés à nouveau.</translation>
    </message>
    <message>
        <source>There are no frames to export.</source>
        <translation>Il n’y a aucune image à exporter.</translation>
    </message>
    <message>
        <source>The film no longer exists.</source>
        <translation>Le film n’existe plus.</translation>
    </message>
    <message>
        <source>The film&apos;s file is damaged.</source>
        <translation>Le fichier du film est abîmé.</translation>
    </message>
    <message>
        <source>The film&apos;s file cannot be read.</source>
        <translation>Le fichier du film est illisible.</translation>
    </message>
    <message>
        <source>The film was made by a newer walt.</source>
        <translation>Le film vient d’un walt plus récent.</translation>
    </message>
    <message>
        <source>There is not enough memory for this clip.</source>
        <translation>Il n’y a pas assez de mémoire pour ce clip.</translation>
    </message>
    <message>
        <source>Close other programs, or choose a smaller size.</source>
        <translation>Fermez d’autres programmes, ou choisissez une taille plus petite.</translation>
    </message>
    <message>
        <source>The engine is not running yet.</source>
        <translation>Le moteur n’est pas encore prêt.</translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation>Réessayez dans un instant.</translation>
    </message>
    <message>
        <source>A pack is already being finetuned.</source>
        <translation>Un modèle est déjà en cours d’affinage.</translation>
    </message>
    <message>
        <source>Wait until it is done, or stop it.</source>
        <translation>Attendez la fin, ou arrêtez-le.</translation>
    </message>
    <message>
        <source>There are no examples to train on.</source>
        <translation>Il n’y a aucun exemple pour l’entraînement.</translation>
    </message>
    <message>
        <source>Add videos or pictures; a video needs a little more than two seconds.</source>
        <translation>Ajoutez des vidéos ou des images ; une vidéo doit durer un peu plus de deux secondes.</translation>
    </message>
    <message>
        <source>A clip has no caption.</source>
        <translation>Un clip n’a pas de légende.</translation>
    </message>
    <message>
        <source>Write a caption for each clip.</source>
        <translation>Écrivez une légende pour chaque clip.</translation>
    </message>
    <message>
        <source>The finetuning settings are not valid.</source>
        <translation>Les réglages de l’affinage ne sont pas valides.</translation>
    </message>
    <message>
        <source>Check the training time and the name.</source>
        <translation>Vérifiez la durée d’entraînement et le nom.</translation>
    </message>
    <message>
        <source>Packs of this kind cannot be finetuned.</source>
        <translation>Les modèles de ce type ne peuvent pas être affinés.</translation>
    </message>
    <message>
        <source>Choose another pack.</source>
        <translation>Choisissez un autre modèle.</translation>
    </message>
    <message>
        <source>Finetuning with LoRA needs the package peft.</source>
        <translation>L’affinage avec LoRA a besoin du paquet peft.</translation>
    </message>
    <message>
        <source>Install walt with the extra “finetune”.</source>
        <translation>Installez walt avec l’extra «&#xa0;finetune&#xa0;».</translation>
    </message>
    <message>
        <source>This pack reads prompts with T5, which needs the package transformers.</source>
        <translation>Ce modèle lit les descriptions avec T5, qui a besoin du paquet transformers.</translation>
    </message>
    <message>
        <source>Install walt with the extra “t5”.</source>
        <translation>Installez walt avec l’extra «&#xa0;t5&#xa0;».</translation>
    </message>
    <message>
        <source>The engine was closed.</source>
        <translation>Le moteur a été arrêté.</translation>
    </message>
    <message>
        <source>This device is not available on this computer.</source>
        <translation>Cet appareil n’est pas disponible sur cet ordinateur.</translation>
    </message>
    <message>
        <source>Choose another one in the preferences.</source>
        <translation>Choisissez-en un autre dans les préférences.</translation>
    </message>
    <message>
        <source>The graphics card stopped responding.</source>
        <translation>La carte graphique ne répond plus.</translation>
    </message>
    <message>
        <source>Restart walt.</source>
        <translation>Relancez walt.</translation>
    </message>
    <message>
        <source>This device is unknown.</source>
        <translation>Cet appareil est inconnu.</translation>
    </message>
    <message>
        <source>The prompt is empty.</source>
        <translation>La description est vide.</translation>
    </message>
    <message>
        <source>Write a prompt on the left.</source>
        <translation>Écrivez une description à gauche.</translation>
    </message>
    <message>
        <source>The pack does not support this size or length.</source>
        <translation>Le modèle ne prend pas en charge cette taille ou cette durée.</translation>
    </message>
    <message>
        <source>This is not possible with these settings.</source>
        <translation>Ce n’est pas possible avec ces réglages.</translation>
    </message>
    <message>
        <source>Internal error.</source>
        <translation>Erreur interne.</translation>
    </message>
    <message>
        <source>Please report it with the details.</source>
        <translation>Merci de la signaler avec les détails.</translation>
    </message>
    <message>
        <source>Something unexpected went wrong.</source>
        <translation>Quelque chose d’inattendu s’est produit.</translation>
    </message>
    <message>
        <source>See the log for details.</source>
        <translation>Consultez le journal pour en savoir plus.</translation>
    </message>
</context>
<context>
    <name>EstimateLine</name>
    <message>
        <source>about {0} s</source>
        <translation>environ {0} s</translation>
    </message>
    <message>
        <source>about {0}</source>
        <translation>environ {0}</translation>
    </message>
    <message>
        <source>{0} (not measured here yet)</source>
        <translation>{0} (pas encore mesuré ici)</translation>
    </message>
    <message>
        <source>{0} of memory, more than is available</source>
        <translation>{0} de mémoire, plus que la quantité disponible</translation>
    </message>
    <message>
        <source>up to {0} of memory</source>
        <translation>jusqu’à {0} de mémoire</translation>
    </message>
</context>
<context>
    <name>Examples</name>
    <message>
        <source>A dragon breathing fire over the sea at night</source>
        <translation>Un dragon qui crache du feu sur la mer, la nuit</translation>
    </message>
    <message>
        <source>A polar bear walking in the snow</source>
        <translation>Un ours polaire qui marche dans la neige</translation>
    </message>
    <message>
        <source>A horse running on the beach at sunset</source>
        <translation>Un cheval qui court sur la plage au coucher du soleil</translation>
    </message>
    <message>
        <source>A red robot walking through a meadow, the camera orbits left</source>
        <translation>Un robot rouge qui marche dans une prairie, la caméra tourne à gauche</translation>
    </message>
    <message>
        <source>An asteroid striking the Earth</source>
        <translation>Un astéroïde qui frappe la Terre</translation>
    </message>
</context>
<context>
    <name>ExportController</name>
    <message>
        <source>film</source>
        <translation>film</translation>
    </message>
    <message>
        <source>Available when the part of the film in progress is done</source>
        <translation>Disponible une fois terminé le passage du film en cours</translation>
    </message>
    <message>
        <source>Available when the clip in progress is done</source>
        <translation>Disponible une fois terminé le clip en cours</translation>
    </message>
    <message>
        <source>Saving {0}…</source>
        <translation>Enregistrement de {0}…</translation>
    </message>
    <message>
        <source>Saved as {0}</source>
        <translation>Enregistré&#xa0;: {0}</translation>
    </message>
    <message>
        <source>{0} was not saved: the export was stopped</source>
        <translation>{0} n’a pas été enregistré&#xa0;: l’export a été arrêté</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>Exporter</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>Tout</translation>
    </message>
    <message>
        <source>All frames</source>
        <translation>Toutes les images</translation>
    </message>
    <message>
        <source>From the in point to the out point</source>
        <translation>Du point de début au point de fin</translation>
    </message>
    <message>
        <source>In to out</source>
        <translation>Du début à la fin</translation>
    </message>
    <message>
        <source>Small</source>
        <translation>Léger</translation>
    </message>
    <message>
        <source>A small file</source>
        <translation>Un petit fichier</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>Bon</translation>
    </message>
    <message>
        <source>Almost lossless</source>
        <translation>Presque sans perte</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>Le meilleur</translation>
    </message>
    <message>
        <source>A large file without visible loss</source>
        <translation>Un gros fichier, sans perte visible</translation>
    </message>
    <message>
        <source>As generated</source>
        <translation>Tel que généré</translation>
    </message>
    <message>
        <source>Twice as large, resampled; no detail is added</source>
        <translation>Deux fois plus grand, rééchantillonné&#xa0;; sans détail en plus</translation>
    </message>
    <message>
        <source>Twice as many frames</source>
        <translation>Deux fois plus d’images</translation>
    </message>
    <message>
        <source>{0} a second</source>
        <translation>{0} par seconde</translation>
    </message>
    <message>
        <source>Three times as many frames</source>
        <translation>Trois fois plus d’images</translation>
    </message>
    <message>
        <source>Repeated</source>
        <translation>Répétées</translation>
    </message>
    <message>
        <source>Each frame is shown two or three times</source>
        <translation>Chaque image est montrée deux ou trois fois</translation>
    </message>
    <message>
        <source>Optical flow</source>
        <translation>Flux optique</translation>
    </message>
    <message>
        <source>In-between frames are estimated, not generated by the model</source>
        <translation>Les images intermédiaires sont estimées, pas générées par le modèle</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>Boucle</translation>
    </message>
    <message>
        <source>Forever</source>
        <translation>Sans fin</translation>
    </message>
    <message>
        <source>Once</source>
        <translation>Une fois</translation>
    </message>
    <message numerus="yes">
        <source>%n times</source>
        <translation>
            <numerusform>%n fois</numerusform>
            <numerusform>%n fois</numerusform>
        </translation>
    </message>
    <message>
        <source>Put prompt, seed and settings into the file</source>
        <translation>Inscrire description, graine et réglages dans le fichier</translation>
    </message>
    <message>
        <source>Destination</source>
        <translation>Destination</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Choisir…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Partie</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Qualité</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Taille</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>Images</translation>
    </message>
    <message>
        <source>In-between frames</source>
        <translation>Images intermédiaires</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>Dossiers</translation>
    </message>
    <message>
        <source>Looking for encoders…</source>
        <translation>Recherche des encodeurs…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message numerus="yes">
        <source>%Ln frame(s)</source>
        <translation>
            <numerusform>%Ln image</numerusform>
            <numerusform>%Ln images</numerusform>
        </translation>
    </message>
    <message>
        <source>Frame {0} of {1}</source>
        <translation>Image {0} sur {1}</translation>
    </message>
    <message>
        <source>Stopped. Nothing was written.</source>
        <translation>Arrêté. Rien n’a été écrit.</translation>
    </message>
</context>
<context>
    <name>FailureView</name>
    <message>
        <source>Try again</source>
        <translation>Réessayer</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Copier les détails</translation>
    </message>
    <message>
        <source>This clip could not be made</source>
        <translation>Ce clip n’a pas pu être fait</translation>
    </message>
    <message>
        <source>Make a smaller clip</source>
        <translation>Faire un clip plus petit</translation>
    </message>
    <message>
        <source>Make {0} s instead</source>
        <translation>Faire {0} s à la place</translation>
    </message>
    <message>
        <source>Make it at {0} × {1}</source>
        <translation>Faire en {0} × {1}</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copié</translation>
    </message>
</context>
<context>
    <name>FilmController</name>
    <message>
        <source>Undo {0}</source>
        <translation>Annuler&#xa0;: {0}</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Redo {0}</source>
        <translation>Rétablir&#xa0;: {0}</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Rétablir</translation>
    </message>
    <message>
        <source>Continue with its own prompt</source>
        <translation>Continuer avec sa propre description</translation>
    </message>
    <message>
        <source>Continue with the prompt on the left</source>
        <translation>Continuer avec la description à gauche</translation>
    </message>
    <message>
        <source>{0}; the picture on the left is only used for new clips</source>
        <translation>{0}&#xa0;; l’image à gauche ne sert qu’aux nouveaux clips</translation>
    </message>
    <message>
        <source>Save Film</source>
        <translation>Enregistrer le film</translation>
    </message>
    <message>
        <source>film</source>
        <translation>film</translation>
    </message>
    <message>
        <source>Open Film</source>
        <translation>Ouvrir un film</translation>
    </message>
    <message>
        <source>walt projects ({0});;All files (*)</source>
        <translation>Projets walt ({0});;Tous les fichiers (*)</translation>
    </message>
    <message>
        <source>Film saved as {0}</source>
        <translation>Film enregistré&#xa0;: {0}</translation>
    </message>
    <message>
        <source>walt was closed unexpectedly last time. Your film was restored.</source>
        <translation>walt a été fermé de façon inattendue la dernière fois. Votre film a été restauré.</translation>
    </message>
    <message>
        <source>The unsaved film was kept as {0}</source>
        <translation>Le film non enregistré a été conservé sous le nom {0}</translation>
    </message>
</context>
<context>
    <name>FilmGenerator</name>
    <message>
        <source>This part was removed from the queue.</source>
        <translation>Ce passage a été retiré de la file d’attente.</translation>
    </message>
    <message>
        <source>This part was stopped before it was done.</source>
        <translation>Ce passage a été arrêté avant la fin.</translation>
    </message>
    <message>
        <source>This part was interrupted.</source>
        <translation>Ce passage a été interrompu.</translation>
    </message>
</context>
<context>
    <name>FinetuneDialog</name>
    <message>
        <source>Finetune a Pack</source>
        <translation>Affiner un modèle</translation>
    </message>
    <message>
        <source>Add Files…</source>
        <translation>Ajouter des fichiers…</translation>
    </message>
    <message>
        <source>Add Folder…</source>
        <translation>Ajouter un dossier…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Retirer</translation>
    </message>
    <message>
        <source>Training time in minutes</source>
        <translation>Durée d’entraînement en minutes</translation>
    </message>
    <message>
        <source>Stop…</source>
        <translation>Arrêter…</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Retour</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Suivant</translation>
    </message>
    <message>
        <source>Drop videos of two seconds or more, pictures, or a folder of them, and write a caption for each. A dozen examples of one thing, in different places and light, work better than many examples of different things.</source>
        <translation>Déposez des vidéos d’au moins deux secondes, des images ou un dossier, et écrivez une légende pour chacune. Une douzaine d’exemples d’une même chose, en plusieurs lieux et sous plusieurs lumières, donnent un meilleur résultat que beaucoup d’exemples de choses différentes.</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Fichier</translation>
    </message>
    <message>
        <source>Caption</source>
        <translation>Légende</translation>
    </message>
    <message>
        <source>Files and their captions</source>
        <translation>Les fichiers et leurs légendes</translation>
    </message>
    <message>
        <source>Separate alternative captions with semicolons.</source>
        <translation>Séparez les légendes possibles par des points-virgules.</translation>
    </message>
    <message>
        <source>The result is a new pack. The pack it starts from is not changed.</source>
        <translation>Le résultat est un nouveau modèle. Le modèle de départ n’est pas modifié.</translation>
    </message>
    <message>
        <source>Name of the new pack</source>
        <translation>Nom du nouveau modèle</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nom</translation>
    </message>
    <message>
        <source>You can close this window and keep working; clips that you generate meanwhile wait until training is done.</source>
        <translation>Vous pouvez fermer cette fenêtre et continuer à travailler&#xa0;; les clips demandés entre-temps attendent la fin de l’entraînement.</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Progression</translation>
    </message>
    <message>
        <source>Current result for the first caption</source>
        <translation>Résultat actuel pour la première légende</translation>
    </message>
    <message numerus="yes">
        <source>%n example(s)</source>
        <translation>
            <numerusform>%n exemple</numerusform>
            <numerusform>%n exemples</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n without a caption</source>
        <translation>
            <numerusform>%n sans légende</numerusform>
            <numerusform>%n sans légende</numerusform>
        </translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Commencer</translation>
    </message>
    <message>
        <source>It starts from {0}.</source>
        <translation>Il part de {0}.</translation>
    </message>
    <message numerus="yes">
        <source>Training takes %n minute(s) on this computer&apos;s processor, plus a few more to read the examples and write the pack. Longer training gives better results; short training changes little.</source>
        <translation>
            <numerusform>L’entraînement dure %n minute sur le processeur de cet ordinateur, plus quelques-unes pour lire les exemples et écrire le modèle. Un entraînement long donne de meilleurs résultats&#xa0;; un entraînement court change peu de choses.</numerusform>
            <numerusform>L’entraînement dure %n minutes sur le processeur de cet ordinateur, plus quelques-unes pour lire les exemples et écrire le modèle. Un entraînement long donne de meilleurs résultats&#xa0;; un entraînement court change peu de choses.</numerusform>
        </translation>
    </message>
    <message>
        <source>Stopping after this step…</source>
        <translation>Arrêt après cette étape…</translation>
    </message>
    <message>
        <source>Starts when the clip in progress is done</source>
        <translation>Commence dès que le clip en cours est terminé</translation>
    </message>
    <message>
        <source>Reading the clips…</source>
        <translation>Lecture des clips…</translation>
    </message>
    <message>
        <source>Rendering clips of what the pack already knows…</source>
        <translation>Calcul de clips de ce que le modèle connaît déjà…</translation>
    </message>
    <message>
        <source>Writing the pack…</source>
        <translation>Écriture du modèle…</translation>
    </message>
    <message>
        <source>Training {0}</source>
        <translation>Entraînement de {0}</translation>
    </message>
    <message numerus="yes">
        <source>about %n minute(s) left</source>
        <translation>
            <numerusform>encore %n minute environ</numerusform>
            <numerusform>encore %n minutes environ</numerusform>
        </translation>
    </message>
    <message>
        <source>The error on these clips is {0} % lower than before.</source>
        <translation>L’erreur sur ces clips est {0}&#xa0;% plus basse qu’avant.</translation>
    </message>
    <message>
        <source>The error on these clips is higher than before; it usually falls as training continues.</source>
        <translation>L’erreur sur ces clips est plus élevée qu’avant&#xa0;; elle diminue en général au cours de l’entraînement.</translation>
    </message>
    <message>
        <source>No difference yet.</source>
        <translation>Pas encore de différence.</translation>
    </message>
    <message>
        <source>Stop Training</source>
        <translation>Arrêter l’entraînement</translation>
    </message>
    <message>
        <source>Stop training {0}?</source>
        <translation>Arrêter l’entraînement de {0}&#xa0;?</translation>
    </message>
    <message>
        <source>The result so far can be kept as a pack.</source>
        <translation>Le résultat obtenu jusqu’ici peut être gardé comme modèle.</translation>
    </message>
    <message>
        <source>Keep Result</source>
        <translation>Garder le résultat</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Abandonner</translation>
    </message>
    <message>
        <source>Continue Training</source>
        <translation>Continuer l’entraînement</translation>
    </message>
    <message>
        <source>{0} is installed and in use.</source>
        <translation>{0} est installé et utilisé.</translation>
    </message>
    <message>
        <source>Stopped. Nothing was kept.</source>
        <translation>Arrêté. Rien n’a été gardé.</translation>
    </message>
    <message>
        <source>Add Clips and Pictures</source>
        <translation>Ajouter des clips et des images</translation>
    </message>
</context>
<context>
    <name>FrameChooser</name>
    <message>
        <source>Frame of the video to start from</source>
        <translation>Image de la vidéo d’où partir</translation>
    </message>
    <message>
        <source>Drag to the frame that the clip should start from</source>
        <translation>Glissez jusqu’à l’image d’où le clip doit partir</translation>
    </message>
    <message>
        <source>last of {1}</source>
        <translation>dernière sur {1}</translation>
    </message>
    <message>
        <source>frame {0} of {1}</source>
        <translation>image {0} sur {1}</translation>
    </message>
</context>
<context>
    <name>FullScreen</name>
    <message>
        <source>walt: full screen</source>
        <translation>walt&#xa0;: plein écran</translation>
    </message>
</context>
<context>
    <name>GetModelDialog</name>
    <message>
        <source>Get Model</source>
        <translation>Télécharger un modèle</translation>
    </message>
    <message>
        <source>Recommended models</source>
        <translation>Modèles recommandés</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Dossier</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Choisir…</translation>
    </message>
    <message>
        <source>Show Size and Licence</source>
        <translation>Afficher la taille et la licence</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Licence</translation>
    </message>
    <message>
        <source>I accept the licence</source>
        <translation>J’accepte la licence</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Télécharger</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>Recommandés</translation>
    </message>
    <message>
        <source>The figures are approximate, by the models’ authors; the true size is shown before anything is downloaded.</source>
        <translation>Les chiffres sont approximatifs, d’après les auteurs des modèles ; la taille réelle est affichée avant tout téléchargement.</translation>
    </message>
    <message>
        <source>One of the list, or a repository: owner/name</source>
        <translation>Un de la liste, ou un dépôt : propriétaire/nom</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modèle</translation>
    </message>
    <message>
        <source>Card</source>
        <translation>Carte</translation>
    </message>
    <message>
        <source>On disk</source>
        <translation>Sur le disque</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>Images</translation>
    </message>
    <message>
        <source>Folder for Models</source>
        <translation>Dossier des modèles</translation>
    </message>
    <message>
        <source>Asking the model hub…</source>
        <translation>Interrogation du dépôt de modèles…</translation>
    </message>
    <message>
        <source>The repository contains no licence text.</source>
        <translation>Le dépôt ne contient pas de texte de licence.</translation>
    </message>
    <message>
        <source>{0} · licence: {1} · {2}, {3} to download · {4} free in {5}</source>
        <translation>{0} · licence : {1} · {2}, dont {3} à télécharger · {4} libres dans {5}</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>The device that generates clips</source>
        <translation>L’appareil qui génère les clips</translation>
    </message>
    <message>
        <source>No pack</source>
        <translation>Aucun modèle</translation>
    </message>
    <message>
        <source>Pack damaged</source>
        <translation>Modèle abîmé</translation>
    </message>
    <message>
        <source>Reading the pack…</source>
        <translation>Lecture du modèle…</translation>
    </message>
    <message>
        <source>Pack: {0}</source>
        <translation>Modèle&#xa0;: {0}</translation>
    </message>
</context>
<context>
    <name>HelpDialog</name>
    <message>
        <source>Help</source>
        <translation>Aide</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Raccourcis</translation>
    </message>
    <message>
        <source>A first clip</source>
        <translation>Un premier clip</translation>
    </message>
    <message>
        <source>Write what should happen, in English or French, and press Generate. You see the clip from its first sketch to the finished version. Words that the model does not know are underlined; they have no effect.</source>
        <translation>Écrivez ce qui doit se passer, en français ou en anglais, puis cliquez sur Générer. Vous voyez le clip passer de la première ébauche à la version finie. Les mots que le modèle ne connaît pas sont soulignés&#xa0;; ils n’ont aucun effet.</translation>
    </message>
    <message>
        <source>From a picture</source>
        <translation>À partir d’une image</translation>
    </message>
    <message>
        <source>Drop a picture on the window, paste it, or browse for it: the clip starts with it. If it has another shape, drag the bright part to choose what is used; scroll to zoom in. For a video, the last frame is used, or the one that you choose with the slider. A clip made by walt also loads its prompt, settings and seed.</source>
        <translation>Déposez une image sur la fenêtre, collez-la ou choisissez-la&#xa0;: le clip commence par elle. Si elle a un autre format, faites glisser la partie claire pour choisir ce qui est utilisé&#xa0;; la molette permet de zoomer. Pour une vidéo, c’est la dernière image qui sert, ou celle que vous choisissez avec le curseur. Un clip créé par walt reprend aussi sa description, ses réglages et sa graine.</translation>
    </message>
    <message>
        <source>The seed</source>
        <translation>La graine</translation>
    </message>
    <message>
        <source>The same prompt, settings and seed give the same clip. Lock the seed to try one change at a time; when it is unlocked, every clip gets a new one. Variations make several clips, each with its own seed.</source>
        <translation>La même description, les mêmes réglages et la même graine donnent le même clip. Verrouillez la graine pour essayer un changement à la fois&#xa0;; sans verrou, chaque clip en reçoit une nouvelle. Les variantes sont plusieurs clips, chacun avec sa propre graine.</translation>
    </message>
    <message>
        <source>Quality and time</source>
        <translation>Qualité et temps</translation>
    </message>
    <message>
        <source>Draft uses half the steps, Best twice as many. Size, steps and guidance are under Advanced. Cancelling keeps the last finished stage.</source>
        <translation>Brouillon fait moitié moins d’étapes, Soigné deux fois plus. Taille, étapes et guidage sont dans les réglages avancés. Si vous annulez, le dernier niveau terminé est gardé.</translation>
    </message>
    <message>
        <source>A film</source>
        <translation>Un film</translation>
    </message>
    <message>
        <source>Continue generates what comes after the clip. Drop clips from the library on the timeline to add them. Drag the edge of a segment to trim it, or the segment itself to move it; S splits it at the playhead, Delete removes it. Ctrl+Z undoes any of these.</source>
        <translation>Continuer génère la suite du clip. Déposez des clips de la bibliothèque sur le montage pour les ajouter. Tirez le bord d’un segment pour le raccourcir, ou le segment lui-même pour le déplacer&#xa0;; S le coupe à la tête de lecture, Suppr le supprime. Ctrl+Z annule chacune de ces actions.</translation>
    </message>
    <message>
        <source>Where clips are stored</source>
        <translation>Où sont enregistrés les clips</translation>
    </message>
    <message>
        <source>Every clip is kept in the library with its prompt and seed. Export writes a file that you can share. Nothing leaves this computer unless you send it.</source>
        <translation>Chaque clip est gardé dans la bibliothèque avec sa description et sa graine. Exporter écrit un fichier que vous pouvez partager. Rien ne quitte cet ordinateur sans que vous l’envoyiez.</translation>
    </message>
    <message>
        <source>Packs</source>
        <translation>Modèles</translation>
    </message>
    <message>
        <source>A pack is a trained model. The starter pack knows only a small drawn world; Help &gt; Packs lists what it knows. To install another pack, drop its folder or archive there.</source>
        <translation>Dans walt, on travaille avec des modèles entraînés. Le modèle de départ ne connaît qu’un petit monde dessiné&#xa0;; Aide &gt; Modèles donne la liste de ce qu’il connaît. Pour installer un autre modèle, déposez-y son dossier ou son archive.</translation>
    </message>
    <message>
        <source> or </source>
        <translation> ou </translation>
    </message>
</context>
<context>
    <name>KnownWordsPanel</name>
    <message>
        <source>A click writes a word into the prompt, another takes it out. Other words have no effect.</source>
        <translation>Un clic écrit un mot dans le texte, un autre l’enlève. Les autres mots restent sans effet.</translation>
    </message>
    <message>
        <source>What {0} knows</source>
        <translation>Ce que {0} connaît</translation>
    </message>
    <message>
        <source>Subjects</source>
        <translation>Sujets</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>Actions</translation>
    </message>
    <message>
        <source>Places</source>
        <translation>Lieux</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Lumière</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Couleurs</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Caméra</translation>
    </message>
</context>
<context>
    <name>Lane</name>
    <message>
        <source>segment {0} of {1}</source>
        <translation>segment {0} sur {1}</translation>
    </message>
    <message>
        <source>frames {0} to {1} of {2}</source>
        <translation>images {0} à {1} sur {2}</translation>
    </message>
    <message>
        <source>seed {0}</source>
        <translation>graine {0}</translation>
    </message>
    <message>
        <source>being made</source>
        <translation>en cours</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>en attente</translation>
    </message>
</context>
<context>
    <name>LengthField</name>
    <message>
        <source>Length</source>
        <translation>Durée</translation>
    </message>
    <message>
        <source>Longer clips are made in parts; each part continues the one before</source>
        <translation>Les clips plus longs sont créés en plusieurs parties&#xa0;; chacune continue la précédente</translation>
    </message>
    <message>
        <source>{0} frames</source>
        <translation>{0} images</translation>
    </message>
    <message>
        <source>{0} s · {1} frames</source>
        <translation>{0} s · {1} images</translation>
    </message>
</context>
<context>
    <name>LibraryList</name>
    <message>
        <source>seed {0}</source>
        <translation>graine {0}</translation>
    </message>
</context>
<context>
    <name>LibraryPanel</name>
    <message>
        <source>Search by words or day</source>
        <translation>Mots ou jour à chercher</translation>
    </message>
    <message>
        <source>Search the library</source>
        <translation>Rechercher dans la bibliothèque</translation>
    </message>
    <message>
        <source>Words of the prompt, a seed, a size, or a day: yesterday, november</source>
        <translation>Des mots de la description, une graine, une taille ou un jour : hier, novembre</translation>
    </message>
    <message>
        <source>Only favourites</source>
        <translation>Favoris seulement</translation>
    </message>
    <message>
        <source>Clips</source>
        <translation>Clips</translation>
    </message>
    <message>
        <source>Newest first</source>
        <translation>Récents</translation>
    </message>
    <message>
        <source>Oldest first</source>
        <translation>Anciens</translation>
    </message>
    <message>
        <source>A to Z</source>
        <translation>De A à Z</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Ordre</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Lire</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Continuer</translation>
    </message>
    <message>
        <source>Add to Film</source>
        <translation>Ajouter au film</translation>
    </message>
    <message>
        <source>Reuse Settings</source>
        <translation>Reprendre les réglages</translation>
    </message>
    <message>
        <source>Generate with Another Seed</source>
        <translation>Générer avec une autre graine</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>Favori</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exporter…</translation>
    </message>
    <message>
        <source>Show in Folder</source>
        <translation>Montrer dans le dossier</translation>
    </message>
    <message>
        <source>Move to Trash</source>
        <translation>Mettre à la corbeille</translation>
    </message>
    <message>
        <source>Remove from Favourites</source>
        <translation>Retirer des favoris</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} sur {1}</translation>
    </message>
    <message numerus="yes">
        <source>%Ln clip(s)</source>
        <translation>
            <numerusform>%Ln clip</numerusform>
            <numerusform>%Ln clips</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>Rien trouvé</translation>
    </message>
    <message>
        <source>No clip has all these words, or none is a favourite.</source>
        <translation>Aucun clip ne contient tous ces mots, ou aucun n’est favori.</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Tout afficher</translation>
    </message>
    <message>
        <source>No clips yet</source>
        <translation>Pas encore de clip</translation>
    </message>
    <message>
        <source>Every clip you make is kept here, even after a crash.</source>
        <translation>Chaque clip que vous faites est gardé ici, même après une panne.</translation>
    </message>
    <message numerus="yes">
        <source>%Ln clip(s) in the trash</source>
        <translation>
            <numerusform>%Ln clip dans la corbeille</numerusform>
            <numerusform>%Ln clips dans la corbeille</numerusform>
        </translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>The library takes {0}, more than its limit of {1}.</source>
        <translation>La bibliothèque occupe {0}, plus que sa limite de {1}.</translation>
    </message>
    <message>
        <source>Tidy up…</source>
        <translation>Faire le ménage…</translation>
    </message>
    <message>
        <source>Tidy up the library</source>
        <translation>Ranger la bibliothèque</translation>
    </message>
    <message>
        <source>All clips are favourites. Nothing was moved.</source>
        <translation>Tous les clips sont des favoris. Rien n’a été déplacé.</translation>
    </message>
    <message numerus="yes">
        <source>Move the %Ln oldest clip(s) to the trash?</source>
        <translation>
            <numerusform>Mettre le plus ancien clip à la corbeille&#xa0;?</numerusform>
            <numerusform>Mettre les&#xa0;%Ln plus anciens clips à la corbeille&#xa0;?</numerusform>
        </translation>
    </message>
    <message>
        <source>They take {0}. Favourites stay. The space is freed when you empty the trash.</source>
        <translation>Ils occupent {0}. Les favoris restent. L’espace sera libéré quand vous viderez la corbeille.</translation>
    </message>
</context>
<context>
    <name>Machine</name>
    <message>
        <source>CPU · 1 core</source>
        <translation>Processeur · 1 cœur</translation>
    </message>
    <message>
        <source>CPU · {0} cores</source>
        <translation>Processeur · {0} cœurs</translation>
    </message>
    <message>
        <source>Apple GPU</source>
        <translation>GPU Apple</translation>
    </message>
    <message>
        <source>NVIDIA GPU</source>
        <translation>GPU NVIDIA</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Pictures and videos ({0});;All files (*)</source>
        <translation>Images et vidéos ({0});;Tous les fichiers (*)</translation>
    </message>
    <message>
        <source>Open Picture or Video</source>
        <translation>Ouvrir une image ou une vidéo</translation>
    </message>
    <message>
        <source>walt crashed last time. A crash report was saved on this computer: {0}</source>
        <translation>walt a planté la dernière fois. Un rapport d’erreur a été enregistré sur cet ordinateur&#xa0;: {0}</translation>
    </message>
    <message>
        <source>The library&apos;s database was damaged. A copy was kept, and your clips were recovered.</source>
        <translation>La base de la bibliothèque était endommagée. Une copie a été gardée, et vos clips ont été récupérés.</translation>
    </message>
</context>
<context>
    <name>Notifications</name>
    <message>
        <source>Making a clip</source>
        <translation>Un clip est en cours</translation>
    </message>
    <message>
        <source>The clip is done, in {0}</source>
        <translation>Le clip est prêt, en {0}</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Arrêté</translation>
    </message>
    <message>
        <source>The clip could not be made: {0}</source>
        <translation>Le clip n’a pas pu être fait&#xa0;: {0}</translation>
    </message>
    <message>
        <source>Stage {0} of {1}</source>
        <translation>Niveau {0} sur {1}</translation>
    </message>
</context>
<context>
    <name>PackView</name>
    <message>
        <source>Packs…</source>
        <translation>Modèles…</translation>
    </message>
    <message>
        <source>No model to make clips with</source>
        <translation>Aucun modèle pour faire des clips</translation>
    </message>
</context>
<context>
    <name>PacksDialog</name>
    <message>
        <source>Packs</source>
        <translation>Modèles</translation>
    </message>
    <message>
        <source>Installed packs</source>
        <translation>Modèles installés</translation>
    </message>
    <message>
        <source>Use This Pack</source>
        <translation>Utiliser ce modèle</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>Vérifier</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>Supprimer…</translation>
    </message>
    <message>
        <source>Install Archive…</source>
        <translation>Installer une archive…</translation>
    </message>
    <message>
        <source>Install Folder…</source>
        <translation>Installer un dossier…</translation>
    </message>
    <message>
        <source>Link Model…</source>
        <translation>Lier un modèle…</translation>
    </message>
    <message>
        <source>Use an open model in diffusers’ format where it is; nothing is copied</source>
        <translation>Utiliser un modèle ouvert au format diffusers là où il est ; rien n’est copié</translation>
    </message>
    <message>
        <source>Get Model…</source>
        <translation>Télécharger un modèle…</translation>
    </message>
    <message>
        <source>Download an open model; its size and its licence are shown first</source>
        <translation>Télécharger un modèle ouvert ; sa taille et sa licence sont d’abord affichées</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Avancement</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>{0} · in use</source>
        <translation>{0} · utilisé</translation>
    </message>
    <message>
        <source>No pack is installed</source>
        <translation>Aucun modèle n’est installé</translation>
    </message>
    <message>
        <source>Open model in {0}</source>
        <translation>Modèle ouvert dans {0}</translation>
    </message>
    <message>
        <source>Subjects</source>
        <translation>Sujets</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>Actions</translation>
    </message>
    <message>
        <source>Places</source>
        <translation>Lieux</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Lumière</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Caméra</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0} : {1}</translation>
    </message>
    <message>
        <source>Verified: every file matches its checksum</source>
        <translation>Vérifié&#xa0;: chaque fichier correspond à sa somme de contrôle</translation>
    </message>
    <message>
        <source>Damaged: a file does not match its checksum</source>
        <translation>Endommagé&#xa0;: un fichier ne correspond pas à sa somme de contrôle</translation>
    </message>
    <message>
        <source>Its files are verified every time they are loaded</source>
        <translation>Ses fichiers sont vérifiés à chaque chargement</translation>
    </message>
    <message>
        <source>Remove Pack</source>
        <translation>Supprimer le modèle</translation>
    </message>
    <message>
        <source>Remove {0} from this computer?</source>
        <translation>Supprimer {0} de cet ordinateur&#xa0;?</translation>
    </message>
    <message>
        <source>Clips that were made with it stay.</source>
        <translation>Les clips faits avec lui restent.</translation>
    </message>
    <message>
        <source>The model’s files and the clips that were made with it stay.</source>
        <translation>Les fichiers du modèle et les clips réalisés avec lui restent.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Supprimer</translation>
    </message>
    <message>
        <source>Installing {0}…</source>
        <translation>Installation de {0}…</translation>
    </message>
    <message>
        <source>{0} is installed.</source>
        <translation>{0} est installé.</translation>
    </message>
    <message>
        <source>{0} is removed.</source>
        <translation>{0} est supprimé.</translation>
    </message>
    <message>
        <source>Replace Pack</source>
        <translation>Remplacer le modèle</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Remplacer</translation>
    </message>
    <message>
        <source>Link Model</source>
        <translation>Lier un modèle</translation>
    </message>
    <message>
        <source>Install Pack</source>
        <translation>Installer un modèle</translation>
    </message>
    <message>
        <source>Packs (*.zip *.waltpack);;All files (*)</source>
        <translation>Modèles (*.zip *.waltpack);;Tous les fichiers (*)</translation>
    </message>
</context>
<context>
    <name>PlaybackPanel</name>
    <message>
        <source>Export…</source>
        <translation>Exporter…</translation>
    </message>
    <message>
        <source>Clip</source>
        <translation>Clip</translation>
    </message>
    <message>
        <source>The clip that was made or opened last</source>
        <translation>Le dernier clip généré ou ouvert</translation>
    </message>
    <message>
        <source>Film</source>
        <translation>Film</translation>
    </message>
    <message>
        <source>The film on the timeline</source>
        <translation>Le film du montage</translation>
    </message>
    <message>
        <source>frame {0} of {1}</source>
        <translation>image {0} sur {1}</translation>
    </message>
</context>
<context>
    <name>PreferencesDialog</name>
    <message>
        <source>Preferences</source>
        <translation>Préférences</translation>
    </message>
    <message>
        <source>Takes effect after a restart.</source>
        <translation>Prendra effet après un redémarrage.</translation>
    </message>
    <message>
        <source>Restart Now</source>
        <translation>Redémarrer maintenant</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Apparence</translation>
    </message>
    <message>
        <source>System</source>
        <translation>Système</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Sombre</translation>
    </message>
    <message>
        <source>Dark colours</source>
        <translation>Couleurs sombres</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Clair</translation>
    </message>
    <message>
        <source>Light colours</source>
        <translation>Couleurs claires</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Couleurs</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Langue</translation>
    </message>
    <message>
        <source>Computing</source>
        <translation>Calcul</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Appareil</translation>
    </message>
    <message>
        <source>Fastest available</source>
        <translation>Le plus rapide disponible</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Processeur</translation>
    </message>
    <message>
        <source>NVIDIA graphics card</source>
        <translation>Carte graphique NVIDIA</translation>
    </message>
    <message>
        <source>Apple graphics</source>
        <translation>Puce graphique Apple</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatique</translation>
    </message>
    <message>
        <source>Processor threads</source>
        <translation>Threads du processeur</translation>
    </message>
    <message>
        <source>Memory for a clip</source>
        <translation>Mémoire par clip</translation>
    </message>
    <message>
        <source> MB</source>
        <translation> Mo</translation>
    </message>
    <message>
        <source>The most memory that walt uses; if a clip needs more, walt says so before it starts</source>
        <translation>La quantité maximale de mémoire que walt utilise&#xa0;; si un clip en demande davantage, walt le dit avant de commencer</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>Stockage</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>Changer…</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Réinitialiser</translation>
    </message>
    <message>
        <source>Library folder</source>
        <translation>Dossier de la bibliothèque</translation>
    </message>
    <message>
        <source>Library size</source>
        <translation>Taille de la bibliothèque</translation>
    </message>
    <message>
        <source>No limit</source>
        <translation>Sans limite</translation>
    </message>
    <message>
        <source> GB</source>
        <translation> Go</translation>
    </message>
    <message>
        <source>Above this size the library offers to delete old clips; nothing is deleted by itself</source>
        <translation>Au-delà de cette taille, la bibliothèque propose de supprimer d’anciens clips&#xa0;; rien n’est supprimé automatiquement</translation>
    </message>
    <message>
        <source>Put prompt, seed and settings into exported files</source>
        <translation>Inscrire description, graine et réglages dans les fichiers exportés</translation>
    </message>
    <message>
        <source>Notify me when a clip is done and walt is in the background</source>
        <translation>M’avertir quand un clip est prêt et que walt est en arrière-plan</translation>
    </message>
    <message>
        <source>Library Folder</source>
        <translation>Dossier de la bibliothèque</translation>
    </message>
</context>
<context>
    <name>Presets</name>
    <message>
        <source>MP4 · H.264</source>
        <translation>MP4 · H.264</translation>
    </message>
    <message>
        <source>Plays everywhere.</source>
        <translation>Se lit partout.</translation>
    </message>
    <message>
        <source>WebM · VP9</source>
        <translation>WebM · VP9</translation>
    </message>
    <message>
        <source>For the web, royalty-free.</source>
        <translation>Pour le web, libre de droits.</translation>
    </message>
    <message>
        <source>WebM · AV1</source>
        <translation>WebM · AV1</translation>
    </message>
    <message>
        <source>The smallest file; needs a recent player.</source>
        <translation>Le plus petit fichier&#xa0;; demande un lecteur récent.</translation>
    </message>
    <message>
        <source>MOV · ProRes</source>
        <translation>MOV · ProRes</translation>
    </message>
    <message>
        <source>For editing: large files, almost lossless.</source>
        <translation>Pour le montage&#xa0;: fichiers lourds, presque sans perte.</translation>
    </message>
    <message>
        <source>Animated GIF</source>
        <translation>GIF animé</translation>
    </message>
    <message>
        <source>Plays in chats and e-mails; up to 256 colours.</source>
        <translation>Se lit dans les messageries et les courriels&#xa0;; 256 couleurs au plus.</translation>
    </message>
    <message>
        <source>Animated WebP</source>
        <translation>WebP animé</translation>
    </message>
    <message>
        <source>Like a GIF, but smaller and in full colour.</source>
        <translation>Comme un GIF, mais plus léger et en pleines couleurs.</translation>
    </message>
    <message>
        <source>PNG frames</source>
        <translation>Images PNG</translation>
    </message>
    <message>
        <source>A folder with one lossless picture per frame.</source>
        <translation>Un dossier avec une image sans perte par vue.</translation>
    </message>
    <message>
        <source>Still · PNG</source>
        <translation>Image fixe · PNG</translation>
    </message>
    <message>
        <source>The frame at the playhead, lossless.</source>
        <translation>L’image sous la tête de lecture, sans perte.</translation>
    </message>
</context>
<context>
    <name>Preview</name>
    <message>
        <source>Preview</source>
        <translation>Aperçu</translation>
    </message>
</context>
<context>
    <name>PromptEdit</name>
    <message>
        <source>Words the model knows</source>
        <translation>Mots que le modèle connaît</translation>
    </message>
</context>
<context>
    <name>QualityPicker</name>
    <message>
        <source>Draft</source>
        <translation>Brouillon</translation>
    </message>
    <message>
        <source>A quick look: half the steps</source>
        <translation>Un coup d’œil&#xa0;: moitié moins d’étapes</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>As recommended by the model&apos;s authors</source>
        <translation>Comme les auteurs du modèle le conseillent</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>Soigné</translation>
    </message>
    <message>
        <source>Takes its time: twice the steps</source>
        <translation>Prend son temps&#xa0;: deux fois plus d’étapes</translation>
    </message>
</context>
<context>
    <name>Queue</name>
    <message>
        <source>Left from last time</source>
        <translation>En attente depuis la dernière fois</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>En attente</translation>
    </message>
    <message>
        <source>Being made</source>
        <translation>En cours</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>Interrompu</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Échec</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Arrêté</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Terminé</translation>
    </message>
    <message>
        <source>seed {0}</source>
        <translation>graine {0}</translation>
    </message>
</context>
<context>
    <name>QueueList</name>
    <message>
        <source>Try Again</source>
        <translation>Réessayer</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Supprimer</translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <source>Clear finished</source>
        <translation>Effacer les terminés</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>File d’attente</translation>
    </message>
    <message>
        <source>The queue is empty</source>
        <translation>La file d’attente est vide</translation>
    </message>
    <message>
        <source>Generate as often as you like: clips are made one after the other.</source>
        <translation>Générez autant que vous voulez&#xa0;: les clips se font l’un après l’autre.</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Afficher</translation>
    </message>
    <message>
        <source>Try Again</source>
        <translation>Réessayer</translation>
    </message>
    <message>
        <source>Move Up</source>
        <translation>Monter</translation>
    </message>
    <message>
        <source>Move Down</source>
        <translation>Descendre</translation>
    </message>
    <message>
        <source>Move to Front</source>
        <translation>Placer en tête</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Supprimer</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Reprendre</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message numerus="yes">
        <source>%n clip(s) were interrupted when walt closed last time.</source>
        <translation>
            <numerusform>%n clip a été interrompu à la dernière fermeture de walt.</numerusform>
            <numerusform>%n clips ont été interrompus à la dernière fermeture de walt.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n clip(s) are left from last time.</source>
        <translation>
            <numerusform>%n clip attend depuis la dernière fois.</numerusform>
            <numerusform>%n clips attendent depuis la dernière fois.</numerusform>
        </translation>
    </message>
    <message>
        <source>Make them now</source>
        <translation>Les faire maintenant</translation>
    </message>
    <message>
        <source>Make it now</source>
        <translation>Le faire maintenant</translation>
    </message>
    <message>
        <source>Paused, because several clips in a row failed.</source>
        <translation>En pause&#xa0;: plusieurs clips de suite ont échoué.</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>En pause</translation>
    </message>
    <message numerus="yes">
        <source>Paused · %n clip(s) waiting</source>
        <translation>
            <numerusform>En pause ·&#xa0;%n clip en attente</numerusform>
            <numerusform>En pause ·&#xa0;%n clips en attente</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n clip(s) waiting</source>
        <translation>
            <numerusform>%n clip en attente</numerusform>
            <numerusform>%n clips en attente</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SeedField</name>
    <message>
        <source>Seed</source>
        <translation>Graine</translation>
    </message>
    <message>
        <source>Seed of the clip shown</source>
        <translation>Graine du clip affiché</translation>
    </message>
    <message>
        <source>Locked: the same prompt gives the same clip</source>
        <translation>Verrouillée&#xa0;: la même description donne le même clip</translation>
    </message>
    <message>
        <source>A new seed for every clip; click to keep this one</source>
        <translation>Une nouvelle graine pour chaque clip&#xa0;; cliquez pour garder celle-ci</translation>
    </message>
</context>
<context>
    <name>SegmentAccess</name>
    <message>
        <source>Segment</source>
        <translation>Segment</translation>
    </message>
    <message>
        <source>{0} of {1}, from {2}, {3} long</source>
        <translation>{0} sur {1}, à partir de {2}, durée {3}</translation>
    </message>
    <message>
        <source>{0} % made</source>
        <translation>fait à {0} %</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>Stage {0}</source>
        <translation>Étape {0}</translation>
    </message>
</context>
<context>
    <name>ShapePicker</name>
    <message>
        <source>Wide, 16:9</source>
        <translation>Large, 16:9</translation>
    </message>
    <message>
        <source>Upright, 9:16</source>
        <translation>Vertical, 9:16</translation>
    </message>
    <message>
        <source>Square, 1:1</source>
        <translation>Carré, 1:1</translation>
    </message>
</context>
<context>
    <name>SidePanel</name>
    <message>
        <source>Library and queue</source>
        <translation>Bibliothèque et file d’attente</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>Bibliothèque</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>File d’attente</translation>
    </message>
    <message>
        <source>Queue · {0}</source>
        <translation>File d’attente · {0}</translation>
    </message>
</context>
<context>
    <name>StageBar</name>
    <message>
        <source>Stages</source>
        <translation>Niveaux</translation>
    </message>
    <message>
        <source>about {0} s</source>
        <translation>environ {0} s</translation>
    </message>
    <message>
        <source>{0} not kept</source>
        <translation>{0} : plus disponible</translation>
    </message>
    <message>
        <source>Show this stage</source>
        <translation>Afficher ce niveau</translation>
    </message>
    <message>
        <source>Only the finished clip was kept, not its earlier stages</source>
        <translation>Seul le clip fini a été gardé, pas ses étapes</translation>
    </message>
</context>
<context>
    <name>Stages</name>
    <message>
        <source>Sketch</source>
        <translation>Ébauche</translation>
    </message>
    <message>
        <source>Detail</source>
        <translation>Détail</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>Finition</translation>
    </message>
</context>
<context>
    <name>StatusPanel</name>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Afficher dans le dossier</translation>
    </message>
    <message numerus="yes">
        <source>The queue is paused; %n clip(s) wait.</source>
        <translation>
            <numerusform>La file d’attente est en pause&#xa0;; %n clip attend.</numerusform>
            <numerusform>La file d’attente est en pause&#xa0;; %n clips attendent.</numerusform>
        </translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Arrêté</translation>
    </message>
    <message>
        <source>Stopped · kept the last finished stage: {0} × {1}</source>
        <translation>Arrêté · dernier niveau terminé gardé&#xa0;: {0} × {1}</translation>
    </message>
    <message>
        <source>From the library</source>
        <translation>De la bibliothèque</translation>
    </message>
    <message>
        <source>Part {0} of {1} of the film</source>
        <translation>Partie {0} sur {1} du film</translation>
    </message>
    <message>
        <source>made in {0}</source>
        <translation>fait en {0}</translation>
    </message>
    <message>
        <source>seed {0}</source>
        <translation>graine {0}</translation>
    </message>
    <message>
        <source>Done in {0}</source>
        <translation>Terminé en {0}</translation>
    </message>
    <message>
        <source>{0} of it for preparation</source>
        <translation>dont {0} de préparation</translation>
    </message>
    <message>
        <source>Stopping after this step…</source>
        <translation>Arrêt après cette étape…</translation>
    </message>
    <message>
        <source>the picture on the left is not used</source>
        <translation>l’image à gauche n’est pas utilisée</translation>
    </message>
    <message>
        <source>{0}, decoding its frames</source>
        <translation>{0}, décodage des images</translation>
    </message>
    <message>
        <source>{0}, step {1} of {2}</source>
        <translation>{0}, étape {1} sur {2}</translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation>Préparation…</translation>
    </message>
    <message>
        <source>Loading {0}…</source>
        <translation>Chargement de {0}…</translation>
    </message>
    <message>
        <source>almost there</source>
        <translation>presque fini</translation>
    </message>
    <message>
        <source>about {0} left</source>
        <translation>encore {0} environ</translation>
    </message>
</context>
<context>
    <name>StrengthPicker</name>
    <message>
        <source>Gentle</source>
        <translation>Doux</translation>
    </message>
    <message>
        <source>Half the camera&apos;s move</source>
        <translation>La moitié du mouvement</translation>
    </message>
    <message>
        <source>Normal</source>
        <translation>Normal</translation>
    </message>
    <message>
        <source>The camera moves as the model moves it</source>
        <translation>La caméra bouge comme le modèle la fait bouger</translation>
    </message>
    <message>
        <source>Strong</source>
        <translation>Fort</translation>
    </message>
    <message>
        <source>More than the model&apos;s own move</source>
        <translation>Plus que le mouvement du modèle</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Timeline</source>
        <translation>Montage</translation>
    </message>
    <message>
        <source>Nothing to play</source>
        <translation>Rien à lire</translation>
    </message>
    <message>
        <source>Frame {0} of {1}, {2}</source>
        <translation>Image {0} sur {1}, {2}</translation>
    </message>
    <message>
        <source>Drag to trim</source>
        <translation>Tirez pour raccourcir</translation>
    </message>
</context>
<context>
    <name>TimelinePanel</name>
    <message>
        <source>Continue</source>
        <translation>Continuer</translation>
    </message>
</context>
<context>
    <name>Title</name>
    <message>
        <source>{0} % · </source>
        <translation>{0}&#xa0;% · </translation>
    </message>
</context>
<context>
    <name>Transport</name>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Lire</translation>
    </message>
</context>
<context>
    <name>UnknownLine</name>
    <message>
        <source>Too long: a prompt can have {0} characters; this one has {1} too many.</source>
        <translation>Trop long&#xa0;: une description compte {0} caractères au plus&#xa0;; celle-ci en a {1} de trop.</translation>
    </message>
    <message>
        <source>Unknown to {0}:</source>
        <translation>Inconnu de {0}&#xa0;:</translation>
    </message>
    <message>
        <source>The clip would show a vague blur.</source>
        <translation>La vidéo ne montrerait qu’un flou.</translation>
    </message>
    <message>
        <source>There is nothing to make a clip of.</source>
        <translation>Il n’y a pas de quoi faire une vidéo.</translation>
    </message>
    <message>
        <source>{0} ({1}?)</source>
        <comment>an unknown word, and the one that was meant</comment>
        <translation>{0} ({1}&#x202f;?)</translation>
    </message>
</context>
<context>
    <name>VariationsField</name>
    <message>
        <source>Variations</source>
        <translation>Variantes</translation>
    </message>
    <message>
        <source>How many clips to make, each with a seed of its own</source>
        <translation>Combien de clips faire, chacun avec sa propre graine</translation>
    </message>
</context>
<context>
    <name>Viewer</name>
    <message>
        <source>Drop to start the clip with it</source>
        <translation>Déposez pour commencer le clip par cette image</translation>
    </message>
    <message>
        <source>Busy</source>
        <translation>Occupé</translation>
    </message>
</context>
</TS>
