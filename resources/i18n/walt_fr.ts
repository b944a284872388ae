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
        <source>Short clips from a sentence or a picture, made on your own machine.</source>
        <translation>De courts clips nés d’une phrase ou d’une image, faits sur votre propre machine.</translation>
    </message>
    <message>
        <source>An implementation of W.A.L.T, the Window Attention Latent Transformer of Gupta and others (2023), with models trained by this project. It works without a network and sends nothing anywhere.</source>
        <translation>Une réalisation de W.A.L.T, le Window Attention Latent Transformer de Gupta et ses collègues (2023), avec des modèles entraînés par ce projet. Tout fonctionne hors ligne et rien n’est envoyé nulle part.</translation>
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
        <translation>Suspendre la file</translation>
    </message>
    <message>
        <source>Back to the New Clip</source>
        <translation>Revenir au nouveau clip</translation>
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
        <source>Hold</source>
        <translation>Arrêt sur image</translation>
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
        <source>New Take, Another Seed</source>
        <translation>Nouvelle prise, autre graine</translation>
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
        <source>Look at the Sketch</source>
        <translation>Voir l’ébauche</translation>
    </message>
    <message>
        <source>Look at the Detail</source>
        <translation>Voir le détail</translation>
    </message>
    <message>
        <source>Look at the Finish</source>
        <translation>Voir la finition</translation>
    </message>
    <message>
        <source>Compare Stages</source>
        <translation>Comparer les niveaux</translation>
    </message>
    <message>
        <source>Wipe Left</source>
        <translation>Volet vers la gauche</translation>
    </message>
    <message>
        <source>Wipe Right</source>
        <translation>Volet vers la droite</translation>
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
        <source>Timeline Closer</source>
        <translation>Agrandir le montage</translation>
    </message>
    <message>
        <source>Timeline Farther</source>
        <translation>Réduire le montage</translation>
    </message>
    <message>
        <source>Whole Timeline</source>
        <translation>Montage entier</translation>
    </message>
    <message>
        <source>Composer</source>
        <translation>Composition</translation>
    </message>
    <message>
        <source>Library and Queue</source>
        <translation>Bibliothèque et file</translation>
    </message>
    <message>
        <source>Follow the System</source>
        <translation>Comme le système</translation>
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
        <source>Teach walt…</source>
        <translation>Apprendre à walt…</translation>
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
        <source>A smaller picture leaves out the last stages: less memory, less time</source>
        <translation>Une image plus petite se passe des dernières étapes : moins de mémoire, moins de temps</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Étapes</translation>
    </message>
    <message>
        <source>Denoising steps of the first stage; the others follow in proportion</source>
        <translation>Étapes de débruitage du premier niveau&#xa0;; les autres suivent en proportion</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>Guidage</translation>
    </message>
    <message>
        <source>How strongly the words pull; high values make hard, overdrawn pictures</source>
        <translation>Le poids des mots&#xa0;; trop fort, l’image devient dure et chargée</translation>
    </message>
    <message>
        <source>Back to the preset</source>
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
        <source>Done</source>
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
        <source>Writes “{0}” into the prompt</source>
        <translation>Écrit «&#xa0;{0}&#xa0;» dans la description</translation>
    </message>
</context>
<context>
    <name>ClipDetails</name>
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
        <source>It can be tried again the next time. Clips that wait in the queue stay there.</source>
        <translation>Vous pourrez le relancer la prochaine fois. Les clips en attente restent dans la file.</translation>
    </message>
    <message>
        <source>walt is learning. Stop it and close?</source>
        <translation>walt est en train d’apprendre. L’arrêter et fermer&#xa0;?</translation>
    </message>
    <message>
        <source>The same lesson, begun again under the same name, goes on where it was.</source>
        <translation>Le même apprentissage, recommencé sous le même nom, reprendra où il en était.</translation>
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
        <source>Keep away from</source>
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
        <source>Sentences to begin with</source>
        <translation>Des phrases pour commencer</translation>
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
        <source>Arrows move it, plus and minus scale it, 0 puts it back</source>
        <translation>Les flèches la déplacent, plus et moins l’agrandissent ou la réduisent, 0 la remet en place</translation>
    </message>
    <message>
        <source>Turn the wheel to come closer</source>
        <translation>Tournez la molette pour vous rapprocher</translation>
    </message>
    <message>
        <source>Drag to move, turn the wheel to come closer, double-click to put it back</source>
        <translation>Glisser pour déplacer, molette pour approcher, double-clic pour remettre en place</translation>
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
        <source>The lesson is over: the new pack is installed and in use.</source>
        <translation>L’apprentissage est terminé : le nouveau modèle est installé et choisi.</translation>
    </message>
    <message>
        <source>Diagnostics are in the clipboard. They hold no prompts.</source>
        <translation>Le diagnostic est dans le presse-papiers. Il ne contient aucune description.</translation>
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
        <source>Begin with its last frame</source>
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
        <source>The clip begins with its light part</source>
        <translation>Le clip part de sa zone claire</translation>
    </message>
    <message>
        <source>All of it is used</source>
        <translation>Utilisée en entier</translation>
    </message>
    <message>
        <source>The clip begins with this frame</source>
        <translation>Le clip commence par cette image</translation>
    </message>
    <message>
        <source>Made by walt</source>
        <translation>Fait avec walt</translation>
    </message>
    <message>
        <source>Its words, settings and seed are above</source>
        <translation>Sa description, ses réglages et sa graine sont repris</translation>
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
        <source>There was nothing to keep yet. Generate again, or start with one of these.</source>
        <translation>Il n’y avait encore rien à garder. Relancez, ou partez de l’un de ces exemples.</translation>
    </message>
    <message>
        <source>Write a sentence on the left, or start with one of these.</source>
        <translation>Écrivez une phrase à gauche, ou partez de l’un de ces exemples.</translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>Choose another picture.</source>
        <translation>Choisissez une autre image.</translation>
    </message>
    <message>
        <source>The picture is not there any more.</source>
        <translation>L’image n’est plus là.</translation>
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
        <source>That is no picture that walt can open.</source>
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
        <source>That is a link, not a picture.</source>
        <translation>C’est un lien, pas une image.</translation>
    </message>
    <message>
        <source>Save the picture, then drop the file.</source>
        <translation>Enregistrez l’image, puis déposez le fichier.</translation>
    </message>
    <message>
        <source>There is no picture in that.</source>
        <translation>Il n’y a pas d’image là-dedans.</translation>
    </message>
    <message>
        <source>PNG, JPEG and WebP work, and videos.</source>
        <translation>PNG, JPEG, WebP et vidéos conviennent.</translation>
    </message>
    <message>
        <source>The pasted picture could not be kept.</source>
        <translation>L’image collée n’a pas pu être gardée.</translation>
    </message>
    <message>
        <source>Is the disk full?</source>
        <translation>Le disque est-il plein&#xa0;?</translation>
    </message>
    <message>
        <source>The clip is not there any more.</source>
        <translation>Le clip n’est plus là.</translation>
    </message>
    <message>
        <source>The clip is damaged or no video.</source>
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
        <source>The clip has too few frames to continue it there.</source>
        <translation>Le clip a trop peu d’images pour le continuer à cet endroit.</translation>
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
        <source>Choose another in Help, Packs.</source>
        <translation>Choisissez-en un autre dans Aide, Modèles.</translation>
    </message>
    <message>
        <source>The pack is damaged.</source>
        <translation>Le modèle est abîmé.</translation>
    </message>
    <message>
        <source>The pack&apos;s words cannot be read.</source>
        <translation>Les mots du modèle sont illisibles.</translation>
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
        <source>This pack comes with walt and stays.</source>
        <translation>Ce modèle est fourni avec walt et reste en place.</translation>
    </message>
    <message>
        <source>That is not a pack.</source>
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
        <source>Get the pack from its makers again.</source>
        <translation>Redemandez le modèle à ses auteurs.</translation>
    </message>
    <message>
        <source>The model knows no word of this prompt.</source>
        <translation>Le modèle ne connaît aucun mot de cette description.</translation>
    </message>
    <message>
        <source>Help, Packs says what it knows.</source>
        <translation>Aide, Modèles dit ce qu’il connaît.</translation>
    </message>
    <message>
        <source>The pack does not make pictures of this shape.</source>
        <translation>Le modèle ne fait pas d’images de ce format.</translation>
    </message>
    <message>
        <source>The pack does not make pictures of this size.</source>
        <translation>Le modèle ne fait pas d’images de cette taille.</translation>
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
        <source>The file cannot be written there.</source>
        <translation>Le fichier ne peut pas être écrit à cet endroit.</translation>
    </message>
    <message>
        <source>Is there room, and are you allowed to? Choose another place.</source>
        <translation>Y a-t-il de la place, et en avez-vous le droit&#xa0;? Choisissez un autre endroit.</translation>
    </message>
    <message>
        <source>There is a file with this name already.</source>
        <translation>Un fichier de ce nom existe déjà.</translation>
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
        <source>The preferences cannot be kept.</source>
        <translation>Les préférences ne peuvent pas être gardées.</translation>
    </message>
    <message>
        <source>The library cannot be opened.</source>
        <translation>La bibliothèque ne peut pas être ouverte.</translation>
    </message>
    <message>
        <source>The library cannot be written.</source>
        <translation>La bibliothèque ne peut pas être écrite.</translation>
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
        <source>Only clips of the library can go into a film.</source>
        <translation>Seuls les clips de la bibliothèque peuvent entrer dans un film.</translation>
    </message>
    <message>
        <source>Drop the video on the composer to begin a new clip with one of its frames.</source>
        <translation>Déposez la vidéo à gauche pour commencer un nouveau clip par l’une de ses images.</translation>
    </message>
    <message>
        <source>This part is still being made.</source>
        <translation>Cette partie est encore en cours de création.</translation>
    </message>
    <message>
        <source>Continue it when it is done.</source>
        <translation>Continuez-la quand elle sera terminée.</translation>
    </message>
    <message>
        <source>This clip doesn&apos;t say how it was made.</source>
        <translation>Ce clip ne dit pas comment il a été fait.</translation>
    </message>
    <message>
        <source>Only walt&apos;s own clips can be made again.</source>
        <translation>Seuls les clips de walt peuvent être refaits.</translation>
    </message>
    <message>
        <source>There are no frames to export.</source>
        <translation>Il n’y a aucune image à exporter.</translation>
    </message>
    <message>
        <source>The film is not there any more.</source>
        <translation>Le film n’est plus là.</translation>
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
        <source>Close other programs, or make it smaller.</source>
        <translation>Fermez d’autres programmes, ou réduisez la taille du clip.</translation>
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
        <source>walt is learning already.</source>
        <translation>walt est déjà en train d’apprendre.</translation>
    </message>
    <message>
        <source>Wait for that, or stop it.</source>
        <translation>Attendez la fin, ou arrêtez-le.</translation>
    </message>
    <message>
        <source>There is nothing to learn from.</source>
        <translation>Il n’y a rien à apprendre.</translation>
    </message>
    <message>
        <source>Add videos or pictures; a video needs a little more than two seconds.</source>
        <translation>Ajoutez des vidéos ou des images ; une vidéo doit durer un peu plus de deux secondes.</translation>
    </message>
    <message>
        <source>A clip has no words that say what it shows.</source>
        <translation>Un clip n’a pas de mots qui disent ce qu’il montre.</translation>
    </message>
    <message>
        <source>Write a caption for each clip.</source>
        <translation>Écrivez une légende pour chaque clip.</translation>
    </message>
    <message>
        <source>The lesson&apos;s settings do not fit.</source>
        <translation>Les réglages de la leçon ne conviennent pas.</translation>
    </message>
    <message>
        <source>Check the minutes and the name.</source>
        <translation>Vérifiez les minutes et le nom.</translation>
    </message>
    <message>
        <source>This pack is of a kind that cannot be taught.</source>
        <translation>Ce modèle est d’un genre qui ne peut pas apprendre.</translation>
    </message>
    <message>
        <source>Choose another pack.</source>
        <translation>Choisissez un autre modèle.</translation>
    </message>
    <message>
        <source>This way of teaching needs the package peft.</source>
        <translation>Cette façon d’enseigner demande le paquet peft.</translation>
    </message>
    <message>
        <source>Install walt with its part “finetune”.</source>
        <translation>Installez walt avec sa partie « finetune ».</translation>
    </message>
    <message>
        <source>This pack reads prompts with T5, which needs the package transformers.</source>
        <translation>Ce pack lit les descriptions avec T5, qui demande le paquet transformers.</translation>
    </message>
    <message>
        <source>Install walt with its part “t5”.</source>
        <translation>Installez walt avec sa partie « t5 ».</translation>
    </message>
    <message>
        <source>The engine was closed.</source>
        <translation>Le moteur a été arrêté.</translation>
    </message>
    <message>
        <source>This computer has no such device.</source>
        <translation>Cet ordinateur n’a pas un tel appareil.</translation>
    </message>
    <message>
        <source>Choose another in the preferences.</source>
        <translation>Choisissez-en un autre dans les préférences.</translation>
    </message>
    <message>
        <source>The graphics card does not answer any more.</source>
        <translation>La carte graphique ne répond plus.</translation>
    </message>
    <message>
        <source>Restart walt.</source>
        <translation>Relancez walt.</translation>
    </message>
    <message>
        <source>There is no such device.</source>
        <translation>Cet appareil de calcul n’existe pas.</translation>
    </message>
    <message>
        <source>Say what should happen next.</source>
        <translation>Dites ce qui doit se passer ensuite.</translation>
    </message>
    <message>
        <source>Write a prompt on the left.</source>
        <translation>Écrivez une phrase à gauche.</translation>
    </message>
    <message>
        <source>The pack does not make clips of this size or length.</source>
        <translation>Ce pack ne fait pas de clips de cette taille ou de cette durée.</translation>
    </message>
    <message>
        <source>That is not possible with these settings.</source>
        <translation>Ce n’est pas possible avec ces réglages.</translation>
    </message>
    <message>
        <source>walt failed on the inside.</source>
        <translation>walt a eu une panne interne.</translation>
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
        <source>The log says more.</source>
        <translation>Le journal en dit plus.</translation>
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
        <source>{0} of memory, more than there is</source>
        <translation>{0} de mémoire, plus qu’il n’y en a</translation>
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
        <source>Export when a part of the film that is being made is done</source>
        <translation>Exporter une fois terminée la partie du film en cours</translation>
    </message>
    <message>
        <source>Export when the clip that is being made is done</source>
        <translation>Exporter une fois terminé le clip en cours</translation>
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
        <source>All of it</source>
        <translation>En entier</translation>
    </message>
    <message>
        <source>Every frame</source>
        <translation>Toutes les images</translation>
    </message>
    <message>
        <source>From the in point to the out point</source>
        <translation>Du point de début au point de fin</translation>
    </message>
    <message>
        <source>Trimmed part</source>
        <translation>Partie gardée</translation>
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
        <source>Hardly any loss</source>
        <translation>Presque sans perte</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>Le meilleur</translation>
    </message>
    <message>
        <source>A large file, no visible loss</source>
        <translation>Un gros fichier, sans perte visible</translation>
    </message>
    <message>
        <source>As it was made</source>
        <translation>Tel quel</translation>
    </message>
    <message>
        <source>Twice as large, resampled; no detail is added</source>
        <translation>Deux fois plus grand, rééchantillonné&#xa0;; sans détail en plus</translation>
    </message>
    <message>
        <source>8 a second</source>
        <translation>8 par seconde</translation>
    </message>
    <message>
        <source>16 a second</source>
        <translation>16 par seconde</translation>
    </message>
    <message>
        <source>Twice as many frames</source>
        <translation>Deux fois plus d’images</translation>
    </message>
    <message>
        <source>24 a second</source>
        <translation>24 par seconde</translation>
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
        <source>The frames in between are estimated, not made by the model</source>
        <translation>Les images intermédiaires sont estimées, pas faites par le modèle</translation>
    </message>
    <message>
        <source>Plays</source>
        <translation>Lecture</translation>
    </message>
    <message>
        <source>Again and again</source>
        <translation>En boucle</translation>
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
        <source>Where to</source>
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
        <source>In between</source>
        <translation>Entre les images</translation>
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
        <source>This format can&apos;t carry them</source>
        <translation>Ce format ne peut pas les contenir</translation>
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
        <source>Make only {0} s</source>
        <translation>N’en faire que {0} s</translation>
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
        <source>Continue with its own words</source>
        <translation>Continuer avec ses propres mots</translation>
    </message>
    <message>
        <source>Continue with the prompt on the left</source>
        <translation>Continuer avec la description à gauche</translation>
    </message>
    <message>
        <source>{0}; the picture on the left is for new clips</source>
        <translation>{0}&#xa0;; l’image à gauche sert aux nouveaux clips</translation>
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
        <source>Films of walt&apos;s ({0});;All files (*)</source>
        <translation>Films de walt ({0});;Tous les fichiers (*)</translation>
    </message>
    <message>
        <source>Film saved as {0}</source>
        <translation>Film enregistré&#xa0;: {0}</translation>
    </message>
    <message>
        <source>walt did not end by itself last time. Your film is back as it was.</source>
        <translation>walt s’est arrêté brusquement la dernière fois. Votre film est revenu tel qu’il était.</translation>
    </message>
    <message>
        <source>The film that was not saved is kept as {0}</source>
        <translation>Le film non enregistré est gardé sous le nom {0}</translation>
    </message>
</context>
<context>
    <name>FilmGenerator</name>
    <message>
        <source>This part was taken off the queue.</source>
        <translation>Ce passage a été retiré de la file.</translation>
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
        <source>Teach walt</source>
        <translation>Apprendre à walt</translation>
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
        <source>Leave Out</source>
        <translation>Retirer</translation>
    </message>
    <message>
        <source>Minutes to learn</source>
        <translation>Minutes d’apprentissage</translation>
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
        <source>Drop videos of two seconds or more, pictures, or a folder of them, and say of each what it shows. A dozen of one thing, in several places and lights, teach more than many of many.</source>
        <translation>Déposez des vidéos d’au moins deux secondes, des images ou un dossier, et dites de chacune ce qu’on y voit. Une douzaine d’exemples d’une même chose, en plusieurs lieux et lumières, apprennent plus que beaucoup de choses différentes.</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Fichier</translation>
    </message>
    <message>
        <source>What it shows</source>
        <translation>Ce qu’on y voit</translation>
    </message>
    <message>
        <source>Files and their captions</source>
        <translation>Les fichiers et leurs légendes</translation>
    </message>
    <message>
        <source>Several ways to say it are set apart by semicolons.</source>
        <translation>Plusieurs façons de le dire se séparent par des points-virgules.</translation>
    </message>
    <message>
        <source>What is learned becomes a pack of its own. The one it begins from stays as it is.</source>
        <translation>Ce qui est appris devient un modèle à part. Celui de départ reste tel quel.</translation>
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
        <source>You may close this and go on working; clips that are asked for meanwhile wait until it is done.</source>
        <translation>Vous pouvez fermer cette fenêtre et continuer ; les clips demandés entre-temps attendent la fin.</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Progression</translation>
    </message>
    <message>
        <source>What it draws for the first caption now</source>
        <translation>Ce qu’il dessine à présent pour la première légende</translation>
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
        <source>It begins from {0}.</source>
        <translation>Il part de {0}.</translation>
    </message>
    <message numerus="yes">
        <source>It learns for %n minute(s) on this computer&apos;s processor, and takes a few more to read, rehearse and pack. The longer it learns, the better; a short lesson changes little.</source>
        <translation>
            <numerusform>Il apprend pendant %n minute sur le processeur de cet ordinateur, plus quelques-unes pour lire, réviser et écrire. Plus c’est long, mieux c’est ; un apprentissage court change peu de choses.</numerusform>
            <numerusform>Il apprend pendant %n minutes sur le processeur de cet ordinateur, plus quelques-unes pour lire, réviser et écrire. Plus c’est long, mieux c’est ; un apprentissage court change peu de choses.</numerusform>
        </translation>
    </message>
    <message>
        <source>Stopping after this step…</source>
        <translation>Arrêt après cette étape…</translation>
    </message>
    <message>
        <source>Begins when the clip in the making is done</source>
        <translation>Commence dès que le clip en cours est terminé</translation>
    </message>
    <message>
        <source>Reading the clips…</source>
        <translation>Lecture des clips…</translation>
    </message>
    <message>
        <source>Rendering worlds to rehearse what it knows…</source>
        <translation>Calcul de mondes pour réviser ce qu’il sait…</translation>
    </message>
    <message>
        <source>Packing…</source>
        <translation>Écriture du modèle…</translation>
    </message>
    <message>
        <source>Learning {0}</source>
        <translation>Apprentissage de {0}</translation>
    </message>
    <message numerus="yes">
        <source>about %n minute(s) left</source>
        <translation>
            <numerusform>encore %n minute environ</numerusform>
            <numerusform>encore %n minutes environ</numerusform>
        </translation>
    </message>
    <message>
        <source>It makes {0} % fewer mistakes on these clips than before.</source>
        <translation>Il fait {0} % d’erreurs de moins qu’avant sur ces clips.</translation>
    </message>
    <message>
        <source>It makes more mistakes on these clips than before; that settles as it goes on.</source>
        <translation>Il fait plus d’erreurs qu’avant sur ces clips ; cela se calme avec le temps.</translation>
    </message>
    <message>
        <source>No difference yet.</source>
        <translation>Pas encore de différence.</translation>
    </message>
    <message>
        <source>Stop Learning</source>
        <translation>Arrêter l’apprentissage</translation>
    </message>
    <message>
        <source>Stop learning {0}?</source>
        <translation>Arrêter d’apprendre {0}&#xa0;?</translation>
    </message>
    <message>
        <source>What it has learned so far can be kept as a pack.</source>
        <translation>Ce qui est déjà appris peut être gardé comme modèle.</translation>
    </message>
    <message>
        <source>Keep What It Learned</source>
        <translation>Garder ce qui est appris</translation>
    </message>
    <message>
        <source>Throw Away</source>
        <translation>Tout jeter</translation>
    </message>
    <message>
        <source>Go On Learning</source>
        <translation>Continuer d’apprendre</translation>
    </message>
    <message>
        <source>{0} is installed and in use.</source>
        <translation>{0} est installé et choisi.</translation>
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
        <source>Frame of the video to begin with</source>
        <translation>Image de la vidéo par laquelle commencer</translation>
    </message>
    <message>
        <source>Drag to the frame that the clip is to begin with</source>
        <translation>Glissez jusqu’à l’image par laquelle le clip doit commencer</translation>
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
    <name>Header</name>
    <message>
        <source>Where clips are computed</source>
        <translation>Là où les clips sont calculés</translation>
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
        <source>Write what should happen, in English or French, and press Generate. The picture grows from a sketch to the finished clip while you watch. Words that the model never learned are underlined; they have no effect.</source>
        <translation>Écrivez ce qui doit se passer, en français ou en anglais, puis cliquez sur Générer. L’image passe de l’ébauche au clip fini sous vos yeux. Les mots que le modèle n’a jamais appris sont soulignés&#xa0;; ils n’ont aucun effet.</translation>
    </message>
    <message>
        <source>From a picture</source>
        <translation>À partir d’une image</translation>
    </message>
    <message>
        <source>Drop a picture on the window, paste it, or browse for it: the clip begins with it. Where it has another shape, drag the light part to choose what is used; turn the wheel to come closer. Of a video, the last frame is used, or the one that you drag its slider to. A clip that walt made brings its words, settings and seed back.</source>
        <translation>Déposez une image sur la fenêtre, collez-la ou choisissez-la : le clip commence par elle. Si elle a un autre format, faites glisser la partie claire pour choisir ce qui est utilisé ; tournez la molette pour approcher. D’une vidéo, c’est la dernière image qui sert, ou celle que vous choisissez avec sa glissière. Un clip fait avec walt ramène sa description, ses réglages et sa graine.</translation>
    </message>
    <message>
        <source>The seed</source>
        <translation>La graine</translation>
    </message>
    <message>
        <source>The same words, settings and seed give the same clip. Lock the seed to change one word at a time; with the lock open, every clip draws a new one. Variations make several clips, each with a seed of its own.</source>
        <translation>Les mêmes mots, les mêmes réglages et la même graine donnent le même clip. Verrouillez la graine pour ne changer qu’un mot à la fois&#xa0;; sans verrou, chaque clip en tire une nouvelle. Les variantes sont plusieurs clips, chacun avec sa propre graine.</translation>
    </message>
    <message>
        <source>Quality and time</source>
        <translation>Qualité et temps</translation>
    </message>
    <message>
        <source>Draft takes half the steps, Best twice as many. Size, steps and guidance are in the Advanced fold. Cancelling keeps the last stage that was finished.</source>
        <translation>Brouillon fait moitié moins d’étapes, Soigné deux fois plus. Taille, étapes et guidage sont dans les réglages avancés. Si vous annulez, le dernier niveau terminé est gardé.</translation>
    </message>
    <message>
        <source>A film</source>
        <translation>Un film</translation>
    </message>
    <message>
        <source>Continue makes what comes after the clip. Clips from the library are dropped on the timeline. Drag the edge of a segment to trim it, the segment itself to move it; S splits it at the playhead, Delete takes it out. Ctrl+Z undoes all of it.</source>
        <translation>Continuer crée la suite du clip. Les clips de la bibliothèque se déposent sur le montage. Tirez le bord d’un segment pour le raccourcir, le segment lui-même pour le déplacer ; S le coupe à la tête de lecture, Suppr le retire. Ctrl+Z annule tout cela.</translation>
    </message>
    <message>
        <source>Where clips are</source>
        <translation>Où sont les clips</translation>
    </message>
    <message>
        <source>Every clip is kept in the library with its words and seed. Export writes a file for others. Nothing leaves this computer by itself.</source>
        <translation>Chaque clip reste dans la bibliothèque avec sa description et sa graine. Exporter écrit un fichier à partager. Rien ne quitte cet ordinateur de soi-même.</translation>
    </message>
    <message>
        <source>Packs</source>
        <translation>Modèles</translation>
    </message>
    <message>
        <source>A pack is a trained model. The starter knows a small drawn world and nothing else: Packs in the Help menu says which. Others are installed by dropping their folder or archive there.</source>
        <translation>Le modèle de départ connaît un petit monde dessiné et rien d’autre&#xa0;: la page Modèles du menu Aide dit lequel. Pour en installer un autre, déposez-y son dossier ou son archive.</translation>
    </message>
    <message>
        <source> or </source>
        <translation> ou </translation>
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
        <source>waits its turn</source>
        <translation>attend son tour</translation>
    </message>
</context>
<context>
    <name>LengthField</name>
    <message>
        <source>Length</source>
        <translation>Durée</translation>
    </message>
    <message>
        <source>Longer clips are made piece by piece, each going on where the last one ended</source>
        <translation>Les clips plus longs se font morceau par morceau, chacun reprenant là où finit le précédent</translation>
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
        <source>Again with Another Seed</source>
        <translation>Refaire avec une autre graine</translation>
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
        <source>No Favourite Any More</source>
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
        <source>Every clip you make is kept here, also after a crash.</source>
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
        <source>The library takes {0}, more than the {1} it may.</source>
        <translation>La bibliothèque occupe {0}, plus que les {1} permis.</translation>
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
        <source>They take {0}. Favourites stay. The room is free once you empty the trash.</source>
        <translation>Ils occupent {0}. Les favoris restent. La place sera libre une fois la corbeille vidée.</translation>
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
        <source>walt broke off last time. A report of it was kept on this machine: {0}</source>
        <translation>walt s’est interrompu la dernière fois. Un rapport est gardé sur cette machine&#xa0;: {0}</translation>
    </message>
    <message>
        <source>The library&apos;s database was damaged. It was put aside, and your clips were found again.</source>
        <translation>La base de la bibliothèque était abîmée. Elle a été mise de côté, et vos clips ont été retrouvés.</translation>
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
        <source>Verified: every file is as its makers signed it</source>
        <translation>Vérifié&#xa0;: chaque fichier est tel que ses auteurs l’ont signé</translation>
    </message>
    <message>
        <source>Damaged: a file is not as its makers signed it</source>
        <translation>Abîmé&#xa0;: un fichier n’est pas tel que ses auteurs l’ont signé</translation>
    </message>
    <message>
        <source>Its files are verified whenever they are loaded</source>
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
        <source>Install Pack</source>
        <translation>Installer un modèle</translation>
    </message>
    <message>
        <source>Packs (*.zip);;All files (*)</source>
        <translation>Modèles (*.zip);;Tous les fichiers (*)</translation>
    </message>
</context>
<context>
    <name>PlaybackPanel</name>
    <message>
        <source>Export…</source>
        <translation>Exporter…</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Continuer</translation>
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
        <source>Takes effect when walt opens again.</source>
        <translation>Prendra effet à la prochaine ouverture.</translation>
    </message>
    <message>
        <source>Open again now</source>
        <translation>Rouvrir maintenant</translation>
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
        <source>As the system has it</source>
        <translation>Comme le système</translation>
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
        <source>The fastest there is</source>
        <translation>Le plus rapide</translation>
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
        <source>The most that walt takes at once; if a clip needs more, it says so before it begins</source>
        <translation>Le plus que walt prend à la fois ; si un clip en demande davantage, il le dit avant de commencer</translation>
    </message>
    <message>
        <source>Keeping</source>
        <translation>Conservation</translation>
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
        <source>No bound</source>
        <translation>Sans limite</translation>
    </message>
    <message>
        <source> GB</source>
        <translation> Go</translation>
    </message>
    <message>
        <source>From this size on the library asks what may go; nothing goes by itself</source>
        <translation>À partir de cette taille, la bibliothèque demande ce qui peut partir&#xa0;; rien ne part tout seul</translation>
    </message>
    <message>
        <source>Put prompt, seed and settings into exported files</source>
        <translation>Inscrire description, graine et réglages dans les fichiers exportés</translation>
    </message>
    <message>
        <source>Tell me when a clip is done while I am elsewhere</source>
        <translation>Me prévenir quand un clip est prêt et que je suis ailleurs</translation>
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
        <source>For the web, and free of patents.</source>
        <translation>Pour le web, et libre de brevets.</translation>
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
        <source>For editing: large, and hardly any loss.</source>
        <translation>Pour le montage&#xa0;: gros, et presque sans perte.</translation>
    </message>
    <message>
        <source>Animated GIF</source>
        <translation>GIF animé</translation>
    </message>
    <message>
        <source>Moves in chats and mails; up to 256 colours.</source>
        <translation>Pour les messages et courriels&#xa0;; 256 couleurs au plus.</translation>
    </message>
    <message>
        <source>Animated WebP</source>
        <translation>WebP animé</translation>
    </message>
    <message>
        <source>Like a GIF, but small and in all colours.</source>
        <translation>Comme un GIF, mais petit et en toutes couleurs.</translation>
    </message>
    <message>
        <source>PNG frames</source>
        <translation>Images PNG</translation>
    </message>
    <message>
        <source>A folder with a picture for each frame, without loss.</source>
        <translation>Un dossier avec une image par vue, sans perte.</translation>
    </message>
    <message>
        <source>Still · PNG</source>
        <translation>Image fixe · PNG</translation>
    </message>
    <message>
        <source>The frame under the playhead, without loss.</source>
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
        <source>As the model&apos;s makers recommend</source>
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
        <source>Waits from last time</source>
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
        <translation>File</translation>
    </message>
    <message>
        <source>Nothing waits</source>
        <translation>Rien n’attend</translation>
    </message>
    <message>
        <source>Generate as often as you like: one clip is made after the other.</source>
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
        <source>Move to the Front</source>
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
        <source>%n clip(s) broke off when walt ended last time.</source>
        <translation>
            <numerusform>%n clip s’est interrompu quand walt s’est arrêté la dernière fois.</numerusform>
            <numerusform>%n clips se sont interrompus quand walt s’est arrêté la dernière fois.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n clip(s) wait from last time.</source>
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
        <source>The seed of the clip on show</source>
        <translation>La graine du clip affiché</translation>
    </message>
    <message>
        <source>The seed stays: the same words give the same clip</source>
        <translation>La graine reste&#xa0;: les mêmes mots donnent le même clip</translation>
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
        <translation>Bibliothèque et file</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>Bibliothèque</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>File</translation>
    </message>
    <message>
        <source>Queue · {0}</source>
        <translation>File · {0}</translation>
    </message>
</context>
<context>
    <name>StageBar</name>
    <message>
        <source>Stages</source>
        <translation>Niveaux</translation>
    </message>
    <message>
        <source>1  Sketch</source>
        <translation>1  Ébauche</translation>
    </message>
    <message>
        <source>2  Detail</source>
        <translation>2  Détail</translation>
    </message>
    <message>
        <source>3  Finish</source>
        <translation>3  Finition</translation>
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
        <source>Look back at this stage</source>
        <translation>Revoir ce niveau</translation>
    </message>
    <message>
        <source>Only the finished clip was kept, not its earlier stages</source>
        <translation>Seul le clip fini a été gardé, pas ses étapes</translation>
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
            <numerusform>La file est en pause ; %n clip attend.</numerusform>
            <numerusform>La file est en pause ; %n clips attendent.</numerusform>
        </translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Arrêté</translation>
    </message>
    <message>
        <source>Stopped · kept what was finished: {0} × {1}</source>
        <translation>Arrêté · ce qui était fini est gardé&#xa0;: {0} × {1}</translation>
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
        <source>{0} of it getting ready</source>
        <translation>dont {0} de préparation</translation>
    </message>
    <message>
        <source>Stopping after this step…</source>
        <translation>Arrêt après cette étape…</translation>
    </message>
    <message>
        <source>without the picture on the left</source>
        <translation>sans l’image à gauche</translation>
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
    <message>
        <source>Developing the sketch</source>
        <translation>Développement de l’ébauche</translation>
    </message>
    <message>
        <source>Developing the detail</source>
        <translation>Développement du détail</translation>
    </message>
    <message>
        <source>Developing the clip</source>
        <translation>Développement du clip</translation>
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
        <source>Too long: a prompt has at most {0} letters, this one {1} more.</source>
        <translation>Trop long&#xa0;: une description a {0} lettres au plus, celle-ci en a {1} de trop.</translation>
    </message>
    <message>
        <source>Not known to {0}:</source>
        <translation>Inconnu de {0}&#xa0;:</translation>
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
        <source>Let go: the clip will begin with it</source>
        <translation>Lâchez : le clip commencera par là</translation>
    </message>
    <message>
        <source>Busy</source>
        <translation>Occupé</translation>
    </message>
</context>
</TS>
